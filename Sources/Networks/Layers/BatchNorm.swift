import Kernels
public import Storage

/// Batch normalization of each channel of [H, W, C] or [C] (Ioffe and Szegedy, 2015).
///
/// Training takes mean and biased variance of the micro-batch; evaluation takes the running ones,
/// which follow the mean and the unbiased variance. The backward pass leaves the micro-batch's
/// values as the "gradients" of the running statistics.
public struct BatchNorm: Layer {
  /// What is added to the variance.
  public let epsilon: Float
  /// The weight of a step's statistics in the running ones.
  public let momentum: Float
  /// The first scale; 0 lets a residual branch start as nothing (Goyal et al., 2017).
  public let initialScale: Float

  /// A batch normalization with PyTorch's defaults.
  public init(epsilon: Float = 1e-5, momentum: Float = 0.1, initialScale: Float = 1) {
    self.epsilon = epsilon
    self.momentum = momentum
    self.initialScale = initialScale
  }

  /// The shape of the one input.
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    guard epsilon > 0, momentum >= 0, momentum <= 1 else {
      throw NetworkError(
        "batch_norm needs epsilon > 0 and momentum in 0...1, not \(epsilon) and \(momentum)")
    }
    return try InputCheck.sole(inputs, of: "batch_norm")
  }

  /// `weight`, `bias`, `running_mean`, `running_var`, each [C].
  public func parameters(of inputs: [Shape]) -> [ParameterSpecification] {
    let shape: Shape = [inputs[0].channels]
    let statistic = ParameterRole.statistic(momentum: momentum)
    return [
      ParameterSpecification("weight", shape, role: .scale, initializer: .constant(initialScale)),
      ParameterSpecification("bias", shape, role: .bias, initializer: .constant(0)),
      ParameterSpecification("running_mean", shape, role: statistic, initializer: .constant(0)),
      ParameterSpecification("running_var", shape, role: statistic, initializer: .constant(1)),
    ]
  }

  /// As with nothing fused to it.
  public func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory {
    alone.memory(of: inputs, microBatch: microBatch)
  }

  /// The normalized input is computed anew.
  public var backwardReads: BackwardReads { alone.backwardReads }

  /// The input's gradient is made where the output's was.
  public var gradientInPlace: Int? { alone.gradientInPlace }

  /// Sums over gradients are made in the same pass.
  public var addsFurtherGradient: Bool { alone.addsFurtherGradient }

  /// Overwrites the output.
  public func forward(_ pass: borrowing ForwardPass) { alone.forward(pass) }

  /// Overwrites the gradients of weight, bias and input, and the micro-batch's statistics.
  public func backward(_ pass: borrowing BackwardPass) { alone.backward(pass) }

  private var alone: FusedBatchNorm {
    FusedBatchNorm(norm: self, addsResidual: false, ceiling: nil)
  }
}
