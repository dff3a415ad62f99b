import Kernels
public import Storage

extension Network {
  /// The depths of VGG that the catalogue knows: channels of the convolutions, 0 for a pooling.
  public enum VGGDepth: Int, CaseIterable, Sendable {
    /// Configuration A of the paper.
    case eleven = 11
    /// Configuration B.
    case thirteen = 13
    /// Configuration D.
    case sixteen = 16

    var channels: [Int] {
      switch self {
      case .eleven: [64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0]
      case .thirteen: [64, 64, 0, 128, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0]
      case .sixteen:
        [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0]
      }
    }
  }

  /// VGG with batch normalization, as torchvision's `vgg11_bn` and so on.
  ///
  /// Simonyan and Zisserman, "Very deep convolutional networks", 2015. Images of 224×224 (whose
  /// features are 7×7) have the paper's three dense layers `classifier.0`, `.3`, `.6`; others one,
  /// `classifier`, after a mean over positions.
  ///
  /// - Parameters:
  ///   - input: [H, W, C], at least 32×32.
  ///   - dropout: the rate between dense layers, or before the only one.
  public static func vgg(
    _ depth: VGGDepth, input: Shape, classes: Int, dropout: Double? = nil
  ) throws(NetworkError) -> Network {
    var network = Network(name: "vgg\(depth.rawValue)_bn", input: input)
    var x = network.images
    var index = 0
    for channels in depth.channels {
      if channels == 0 {
        x = try network.add("features.\(index)", MaxPool2D(kernel: 2), x)
        index += 1
      } else {
        x = try network.add("features.\(index)", Conv2D(channels, kernel: 3, padding: 1), x)
        x = try network.add("features.\(index + 1)", BatchNorm(), x)
        x = try network.add("features.\(index + 2)", Activation(.relu), x)
        index += 3
      }
    }
    if x.shape == [7, 7, 512] {
      try network.addVGGClassifier(classes: classes, dropout: dropout ?? 0.5, x)
    } else {
      x = try network.add("avgpool", GlobalAveragePool2D(), x)
      x = try network.addDropout("dropout", dropout ?? 0, x)
      _ = try network.add("classifier", Dense(classes, weights: .normal(0.01)), x)
    }
    return network
  }

  /// The paper's three dense layers.
  private mutating func addVGGClassifier(
    classes: Int, dropout: Double, _ features: Value
  ) throws(NetworkError) {
    var x = try add("flatten", Flatten(), features)
    for index in [0, 3] {
      x = try add("classifier.\(index)", Dense(4096, weights: .normal(0.01)), x)
      x = try add("classifier.\(index + 1)", Activation(.relu), x)
      x = try addDropout("classifier.\(index + 2)", dropout, x)
    }
    _ = try add("classifier.6", Dense(classes, weights: .normal(0.01)), x)
  }
}
