import Kernels
public import Storage

/// Layer normalization over the channels at each position of [H, W, C], or over [C].
///
/// (Ba, Kiros and Hinton, "Layer normalization", 2016; as convolutional networks use it, and as
/// PyTorch's `LayerNorm(C)` does on channels-last images.) Weight and bias are [C]. Training and
/// evaluation are the same.
public struct LayerNorm: Layer {
  /// What is added to the variance.
  public let epsilon: Float

  /// A layer normalization.
  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

  /// The shape of the one input.
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    guard epsilon > 0 else { throw NetworkError("layer_norm needs epsilon > 0, not \(epsilon)") }
    return try InputCheck.sole(inputs, of: "layer_norm")
  }

  /// `weight` and `bias`, each [C].
  public func parameters(of inputs: [Shape]) -> [ParameterSpecification] {
    scaleAndBias(channels: inputs[0].channels)
  }

  /// Saved are each position's mean and inverse deviation.
  public func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory {
    LayerMemory(saved: 2 * microBatch * inputs[0].positions)
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

  /// Each position counts as a sample with one group.
  private func geometry(_ shape: Shape, _ microBatch: Int) -> GroupNormGeometry {
    GroupNormGeometry(
      samples: microBatch * shape.positions, positions: 1, channels: shape.channels, groups: 1)
  }
}
