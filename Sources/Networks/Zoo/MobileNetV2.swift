import Kernels
public import Storage

extension Network {
  /// MobileNetV2 as torchvision's `mobilenet_v2`: 3 504 872 parameters for 1000 classes.
  ///
  /// Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018, table 2;
  /// convolutions by He et al. with fan-out, the dense layer normal with deviation 0.01.
  ///
  /// - Parameters:
  ///   - input: [H, W, C], 224×224 in the paper.
  ///   - dropout: the rate before the dense layer.
  public static func mobileNetV2(
    input: Shape, classes: Int, dropout: Double = 0.2
  ) throws(NetworkError) -> Network {
    var network = Network(name: "mobilenet_v2", input: input)
    var x = try network.addNormalized(
      "features.0.0", norm: "features.0.1",
      Conv2D(32, kernel: 3, stride: 2, padding: 1, bias: false), network.images,
      activation: .relu6)
    var index = 1
    for stage in mobileNetStages {
      for block in 0..<stage.blocks {
        x = try network.addInvertedResidual(
          "features.\(index).conv", expansion: stage.expansion, channels: stage.channels,
          stride: block == 0 ? stage.stride : 1, x)
        index += 1
      }
    }
    x = try network.addNormalized(
      "features.18.0", norm: "features.18.1", Conv2D(1280, kernel: 1, bias: false), x,
      activation: .relu6)
    x = try network.add("avgpool", GlobalAveragePool2D(), x)
    x = try network.addDropout("classifier.0", dropout, x)
    _ = try network.add("classifier.1", Dense(classes, weights: .normal(0.01)), x)
    return network
  }

  /// 1×1 to more channels, 3×3 depthwise, 1×1 to fewer channels without an activation.
  private mutating func addInvertedResidual(
    _ name: String, expansion: Int, channels: Int, stride: Int, _ input: Value
  ) throws(NetworkError) -> Value {
    let hidden = input.shape.channels * expansion
    var x = input
    var index = 0
    if expansion != 1 {
      x = try addNormalized(
        "\(name).0.0", norm: "\(name).0.1", Conv2D(hidden, kernel: 1, bias: false), x,
        activation: .relu6)
      index = 1
    }
    x = try addNormalized(
      "\(name).\(index).0", norm: "\(name).\(index).1",
      Conv2D(
        hidden, kernel: 3, stride: Extent2D(stride, stride), padding: 1, groups: hidden,
        bias: false), x,
      activation: .relu6)
    x = try addNormalized(
      "\(name).\(index + 1)", norm: "\(name).\(index + 2)",
      Conv2D(channels, kernel: 1, bias: false), x, activation: nil)
    guard stride == 1, channels == input.shape.channels else { return x }
    return try add("\(name).add", Add(), input, x)
  }
}

/// Table 2 of the paper: t, c, n and s of each stage.
private let mobileNetStages: [(expansion: Int, channels: Int, blocks: Int, stride: Int)] = [
  (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
  (6, 320, 1, 1),
]
