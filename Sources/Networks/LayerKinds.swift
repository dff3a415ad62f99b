import Storage

// What tables of layers call them: the type, with what tells one from others of its type.

extension Layer {
  /// The name of the type, unless a layer says more.
  public var kind: String { "\(Self.self)" }
}

extension Conv2D {
  /// The form `Conv2D 3×3, stride 2, groups 32`.
  public var kind: String {
    var words = "Conv2D \(kernel)"
    if stride != 1 { words += ", stride \(stride.height)" }
    if dilation != 1 { words += ", dilation \(dilation.height)" }
    if groups != 1 { words += ", groups \(groups)" }
    return words
  }
}

extension MaxPool2D {
  /// The form `MaxPool2D 3×3, stride 2`.
  public var kind: String {
    "MaxPool2D \(kernel)" + (stride == kernel ? "" : ", stride \(stride.height)")
  }
}

extension AveragePool2D {
  /// The form `AveragePool2D 3×3, stride 2`.
  public var kind: String {
    "AveragePool2D \(kernel)" + (stride == kernel ? "" : ", stride \(stride.height)")
  }
}

extension Dropout {
  /// The form `Dropout 0.5`.
  public var kind: String { "Dropout \(rate)" }
}

extension Activation {
  /// The function's name.
  public var kind: String {
    switch function {
    case .relu: "ReLU"
    case .relu6: "ReLU6"
    case .leakyReLU(let slope): "LeakyReLU \(slope)"
    case .sigmoid: "Sigmoid"
    case .tanh: "Tanh"
    case .silu: "SiLU"
    }
  }
}
