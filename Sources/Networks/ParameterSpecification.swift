public import Storage

/// One tensor that a layer learns or keeps.
public struct ParameterSpecification: Sendable {
  /// The last part of the tensor's name: `weight`, `bias`, `running_mean`.
  public let name: String
  /// Convolution [KH, KW, Cin / groups, Cout]; dense [inputs, outputs]; otherwise [C].
  public let shape: Shape
  /// What the tensor is for.
  public let role: ParameterRole
  /// Its first values.
  public let initializer: Initializer

  /// A tensor with the given name, shape, role and first values.
  public init(_ name: String, _ shape: Shape, role: ParameterRole, initializer: Initializer) {
    self.name = name
    self.shape = shape
    self.role = role
    self.initializer = initializer
  }
}

/// What a tensor is for: it decides about weight decay and about who updates it.
public enum ParameterRole: Hashable, Sendable {
  /// Weights of a convolution or dense layer; weight decay applies.
  case weight
  /// An added constant; no weight decay by default.
  case bias
  /// The scale of a normalization; no weight decay by default.
  case scale
  /// A running statistic: its "gradient" is the micro-batch's value s, averaged over the step's
  /// micro-batches; the update is r ← (1 − momentum)·r + momentum·s, and no optimizer touches it.
  case statistic(momentum: Float)

  /// Whether an optimizer updates the tensor.
  public var isLearned: Bool {
    if case .statistic = self { false } else { true }
  }
}

/// How the first values of a tensor are drawn.
public enum Initializer: Hashable, Sendable {
  /// Every element is the same.
  case constant(Float)
  /// Normal with the given standard deviation.
  case normal(Float)
  /// Uniform in ±bound.
  case uniform(Float)
  /// Normal with variance 2 / fan (He et al., "Delving deep into rectifiers", 2015).
  case heNormal(Fan)
  /// Uniform with variance 1 / fan-in (Glorot and Bengio, 2010; Caffe's `xavier` filler).
  case xavierUniform
  /// Uniform in ±1 / sqrt(fan-in), where the fan-in of a bias is that of its weight.
  case fanInUniform(fanIn: Int)

  /// Which connections a variance is scaled by.
  public enum Fan: String, Hashable, Sendable {
    /// Those that enter an output element.
    case fanIn
    /// Those that leave an input element.
    case fanOut
  }

  /// Draws the values of the tensor with index `tensor` into `values`.
  func draw(into values: inout MutableSpan<Float>, shape: Shape, seed: UInt64, tensor: Int) {
    let stream = RandomStream(seed: seed, purpose: .initialization, sample: UInt32(tensor))
    switch self {
    case .constant(let value):
      for i in 0..<shape.count { values[i] = value }
    case .normal(let deviation):
      for i in 0..<shape.count { values[i] = deviation * stream.normal(i) }
    case .heNormal(let fan):
      let connections = fan == .fanIn ? shape.fanIn : shape.fanOut
      let deviation = (2 / Float(connections)).squareRoot()
      for i in 0..<shape.count { values[i] = deviation * stream.normal(i) }
    case .uniform(let bound):
      for i in 0..<shape.count { values[i] = bound * (2 * stream.uniform(i) - 1) }
    case .xavierUniform:
      let bound = (3 / Float(shape.fanIn)).squareRoot()
      for i in 0..<shape.count { values[i] = bound * (2 * stream.uniform(i) - 1) }
    case .fanInUniform(let fanIn):
      let bound = 1 / Float(fanIn).squareRoot()
      for i in 0..<shape.count { values[i] = bound * (2 * stream.uniform(i) - 1) }
    }
  }
}

extension Shape {
  /// Connections into one output element of a weight: all but the innermost extent.
  var fanIn: Int { positions }

  /// Kernel positions times outputs: PyTorch's fan-out, which does not know groups.
  var fanOut: Int { rank == 4 ? self[0] * self[1] * self[3] : channels }
}
