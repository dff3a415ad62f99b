import Kernels
public import Storage

/// Group normalization of [H, W, C] or [C]: each sample's groups of channels on their own.
///
/// (Wu and He, "Group normalization", 2018.) Training and evaluation are the same.
public struct GroupNorm: Layer {
  /// The number of groups; it divides the channels.
  public let groups: Int
  /// What is added to the variance.
  public let epsilon: Float

  /// A group normalization.
  public init(groups: Int, epsilon: Float = 1e-5) {
    self.groups = groups
    self.epsilon = epsilon
  }

  /// The shape of the one input.
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    let input = try InputCheck.sole(inputs, of: "group_norm")
    guard epsilon > 0 else { throw NetworkError("group_norm needs epsilon > 0, not \(epsilon)") }
    guard groups >= 1, input.channels % groups == 0 else {
      throw NetworkError(
        "group_norm cannot divide \(input.channels) channels into \(groups) groups")
    }
    return input
  }

  /// `weight` and `bias`, each [C].
  public func parameters(of inputs: [Shape]) -> [ParameterSpecification] {
    scaleAndBias(channels: inputs[0].channels)
  }

  /// Saved are each group's mean and inverse deviation.
  public func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory {
    LayerMemory(saved: 2 * microBatch * groups)
  }

  /// The normalized input is computed anew.
  public var backwardReads: BackwardReads { .input }

  /// Overwrites the output.
  public func forward(_ pass: borrowing ForwardPass) {
    pass.normalizeGroups(geometry(pass.inputShape(), pass.microBatch), epsilon: epsilon)
  }

  /// Overwrites the gradients of weight, bias and input.
  public func backward(_ pass: borrowing BackwardPass) {
    pass.normalizeGroups(geometry(pass.inputShape(), pass.microBatch))
  }

  private func geometry(_ shape: Shape, _ microBatch: Int) -> GroupNormGeometry {
    GroupNormGeometry(
      samples: microBatch, positions: shape.positions, channels: shape.channels, groups: groups)
  }
}

/// The scale and bias of a normalization, each [C].
func scaleAndBias(channels: Int) -> [ParameterSpecification] {
  [
    ParameterSpecification("weight", [channels], role: .scale, initializer: .constant(1)),
    ParameterSpecification("bias", [channels], role: .bias, initializer: .constant(0)),
  ]
}

extension ForwardPass {
  /// Normalizes groups of the input; the first half of `saved` takes the means.
  func normalizeGroups(_ shape: GroupNormGeometry, epsilon: Float) {
    let count = shape.samples * shape.groups
    var y = output
    var meanMemory = saved
    var mean = meanMemory.slice(0..<count)
    var inverseMemory = saved
    var inverse = inverseMemory.slice(count..<2 * count)
    groupNormalization(
      input(), shape, epsilon: epsilon, weight: parameter(0), bias: parameter(1), mean: &mean,
      inverse: &inverse, into: &y)
  }
}

extension BackwardPass {
  /// Overwrites the gradients of a normalization of groups.
  func normalizeGroups(_ shape: GroupNormGeometry) {
    let count = shape.samples * shape.groups
    let mean = saved.extracting(0..<count)
    let inverse = saved.extracting(count..<2 * count)
    var weightGradient = parameterGradient(0)
    var biasGradient = parameterGradient(1)
    groupNormParameterGradients(
      input(), outputGradient, shape, mean: mean, inverse: inverse,
      weightGradient: &weightGradient, biasGradient: &biasGradient)
    if needsInputGradient() {
      var dx = inputGradient()
      groupNormInputGradient(
        input(), outputGradient, shape, mean: mean, inverse: inverse, weight: parameter(0),
        into: &dx)
    }
  }
}
