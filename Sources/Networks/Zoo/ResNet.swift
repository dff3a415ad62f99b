import Kernels
public import Storage

extension Network {
  /// The ResNets for 224×224 images that the catalogue knows.
  public enum ResNetDepth: Int, CaseIterable, Sendable {
    /// Two basic blocks a stage: 11 689 512 parameters for 1000 classes.
    case eighteen = 18
    /// 3, 4, 6, 3 basic blocks: 21 797 672 parameters.
    case thirtyFour = 34
    /// 3, 4, 6, 3 bottlenecks: 25 557 032 parameters.
    case fifty = 50

    var blocks: [Int] { self == .eighteen ? [2, 2, 2, 2] : [3, 4, 6, 3] }
    var hasBottlenecks: Bool { self == .fifty }
  }

  /// ResNet as torchvision's `resnet18` and so on; the stride of a bottleneck is at its 3×3.
  ///
  /// He et al., "Deep residual learning for image recognition", 2015; convolutions by He et al.
  /// with fan-out, the dense layer by PyTorch's default.
  ///
  /// - Parameters:
  ///   - input: [H, W, C], 224×224 in the paper.
  ///   - dropout: the rate before `fc`; none if 0.
  public static func resNet(
    _ depth: ResNetDepth, input: Shape, classes: Int, dropout: Double = 0
  ) throws(NetworkError) -> Network {
    var network = Network(name: "resnet\(depth.rawValue)", input: input)
    var x = try network.addNormalized(
      "conv1", norm: "bn1", Conv2D(64, kernel: 7, stride: 2, padding: 3, bias: false),
      network.images)
    x = try network.add("maxpool", MaxPool2D(kernel: 3, stride: 2, padding: 1), x)
    for (stage, count) in depth.blocks.enumerated() {
      for block in 0..<count {
        let name = "layer\(stage + 1).\(block)"
        let stride = stage > 0 && block == 0 ? 2 : 1
        x =
          depth.hasBottlenecks
          ? try network.addBottleneck(name, width: 64 << stage, stride: stride, x)
          : try network.addBasicBlock(name, width: 64 << stage, stride: stride, x)
      }
    }
    let features = x.shape.channels
    x = try network.add("avgpool", GlobalAveragePool2D(), x)
    x = try network.addDropout("dropout", dropout, x)
    let initial = Initializer.fanInUniform(fanIn: features)
    _ = try network.add("fc", Dense(classes, weights: initial, biases: initial), x)
    return network
  }

  /// Two 3×3 convolutions.
  private mutating func addBasicBlock(
    _ name: String, width: Int, stride: Int, _ input: Value
  ) throws(NetworkError) -> Value {
    var x = try addNormalized(
      "\(name).conv1", norm: "\(name).bn1",
      Conv2D(width, kernel: 3, stride: Extent2D(stride, stride), padding: 1, bias: false), input)
    x = try addNormalized(
      "\(name).conv2", norm: "\(name).bn2", Conv2D(width, kernel: 3, padding: 1, bias: false), x,
      activation: nil)
    return try addResidual(name, x, stride: stride, around: input)
  }

  /// 1×1, 3×3 and 1×1 convolutions, the last to four times the width.
  private mutating func addBottleneck(
    _ name: String, width: Int, stride: Int, _ input: Value
  ) throws(NetworkError) -> Value {
    var x = try addNormalized(
      "\(name).conv1", norm: "\(name).bn1", Conv2D(width, kernel: 1, bias: false), input)
    x = try addNormalized(
      "\(name).conv2", norm: "\(name).bn2",
      Conv2D(width, kernel: 3, stride: Extent2D(stride, stride), padding: 1, bias: false), x)
    x = try addNormalized(
      "\(name).conv3", norm: "\(name).bn3", Conv2D(4 * width, kernel: 1, bias: false), x,
      activation: nil)
    return try addResidual(name, x, stride: stride, around: input)
  }

  /// The sum of a block's output and its input, which is projected where shapes differ.
  private mutating func addResidual(
    _ name: String, _ x: Value, stride: Int, around input: Value
  ) throws(NetworkError) -> Value {
    var around = input
    // By stride and channels, not by shape: on tiny images a stride may leave 1×1 as it is.
    if stride != 1 || x.shape.channels != input.shape.channels {
      around = try addNormalized(
        "\(name).downsample.0", norm: "\(name).downsample.1",
        Conv2D(
          x.shape.channels, kernel: 1, stride: Extent2D(stride, stride), bias: false), input,
        activation: nil)
    }
    let sum = try add("\(name).add", Add(), x, around)
    return try add("\(name).relu", Activation(.relu), sum)
  }
}
