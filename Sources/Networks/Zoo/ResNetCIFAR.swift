import Kernels
public import Storage

/// What leads around a block whose output has another shape than its input.
public enum ResidualShortcut: Hashable, Sendable {
  /// Option A: every second position, new channels are zero; no parameters.
  case padding
  /// Option B: a 1×1 convolution with stride, and a batch normalization.
  case projection
}

extension Network {
  /// The ResNet for small images: 6n + 2 layers; 269 722 parameters for 20 layers and option A.
  ///
  /// He et al., "Deep residual learning for image recognition", 2015, section 4.2; weights by He et
  /// al., "Delving deep into rectifiers", 2015. Names as in akamaster's `pytorch_resnet_cifar10`:
  /// `layer1.0.conv1`, `layer2.0.shortcut.0`, `linear`.
  ///
  /// - Parameters:
  ///   - depth: 20, 32, 44, 56, 110, or another 6n + 2.
  ///   - input: [H, W, C].
  ///   - dropout: the rate before `linear`; none if 0.
  public static func resNetCIFAR(
    depth: Int, shortcut: ResidualShortcut, input: Shape, classes: Int, dropout: Double = 0
  ) throws(NetworkError) -> Network {
    let name = "resnet\(depth)\(shortcut == .projection ? "_b" : "")"
    guard depth >= 8, depth % 6 == 2 else {
      throw NetworkError("network \(name): \(depth) layers are not 6n + 2")
    }
    var network = Network(name: name, input: input)
    var x = try network.addNormalized("conv1", norm: "bn1", small(16), network.images)
    for (stage, channels) in [16, 32, 64].enumerated() {
      for block in 0..<(depth - 2) / 6 {
        x = try network.addSmallBlock(
          "layer\(stage + 1).\(block)", channels: channels,
          stride: stage > 0 && block == 0 ? 2 : 1, shortcut: shortcut, x)
      }
    }
    x = try network.add("avgpool", GlobalAveragePool2D(), x)
    x = try network.addDropout("dropout", dropout, x)
    let dense = Dense(classes, weights: .heNormal(.fanIn), biases: .fanInUniform(fanIn: 64))
    _ = try network.add("linear", dense, x)
    return network
  }

  /// Two 3×3 convolutions and what leads around them.
  private mutating func addSmallBlock(
    _ name: String, channels: Int, stride: Int, shortcut: ResidualShortcut, _ input: Value
  ) throws(NetworkError) -> Value {
    var x = try addNormalized(
      "\(name).conv1", norm: "\(name).bn1", Self.small(channels, stride: stride), input)
    x = try addNormalized(
      "\(name).conv2", norm: "\(name).bn2", Self.small(channels), x,
      activation: nil)
    var around = input
    if stride != 1 || channels != input.shape.channels {
      switch shortcut {
      case .padding:
        around = try add(
          "\(name).shortcut", PaddedShortcut(channels: channels, stride: stride), input)
      case .projection:
        around = try addNormalized(
          "\(name).shortcut.0", norm: "\(name).shortcut.1",
          Conv2D(
            channels, kernel: 1, stride: Extent2D(stride, stride), bias: false,
            weights: .heNormal(.fanIn)), input, activation: nil)
      }
    }
    x = try add("\(name).add", Add(), x, around)
    return try add("\(name).relu", Activation(.relu), x)
  }

  private static func small(_ channels: Int, stride: Int = 1) -> Conv2D {
    Conv2D(
      channels, kernel: 3, stride: Extent2D(stride, stride), padding: 1, bias: false,
      weights: .heNormal(.fanIn))
  }
}
