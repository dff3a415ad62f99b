import Kernels
public import Storage

/// The mean of each channel over all positions: [H, W, C] → [C].
public struct GlobalAveragePool2D: Layer {
  /// A global pooling.
  public init() {}

  /// [H, W, C] → [C].
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    [try InputCheck.image(inputs, of: "global_average_pool2d").channels]
  }

  /// Gradients depend on no activation.
  public var backwardReads: BackwardReads { [] }

  /// Overwrites the output, [N, C].
  public func forward(_ pass: borrowing ForwardPass) {
    var y = pass.output
    globalAveragePooling(
      pass.input(), samples: pass.microBatch, channels: pass.inputShape().channels, into: &y)
  }

  /// Overwrites the input's gradient.
  public func backward(_ pass: borrowing BackwardPass) {
    guard pass.needsInputGradient() else { return }
    var dx = pass.inputGradient()
    globalAveragePoolingGradient(
      pass.outputGradient, samples: pass.microBatch, channels: pass.inputShape().channels,
      into: &dx)
  }
}
