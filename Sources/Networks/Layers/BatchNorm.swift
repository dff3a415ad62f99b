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

  /// Saved are mean, variance and inverse deviation; scratch is for compensated sums.
  public func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory {
    LayerMemory(saved: 3 * inputs[0].channels, workspace: 2 * inputs[0].channels)
  }

  /// The normalized input is computed anew.
  public var backwardReads: BackwardReads { .input }

  /// Overwrites the output.
  public func forward(_ pass: borrowing ForwardPass) {
    let c = pass.inputShape().channels
    var y = pass.output
    var scratch = pass.workspace
    var inverseMemory = pass.saved
    var inverse = inverseMemory.slice(2 * c..<3 * c)
    guard pass.mode == .training else {
      inverseDeviations(pass.parameter(3), epsilon: epsilon, into: &inverse)
      normalizeChannels(
        pass.input(), mean: pass.parameter(2), inverse: inverse.span, weight: pass.parameter(0),
        bias: pass.parameter(1), into: &y)
      return
    }
    var meanMemory = pass.saved
    var mean = meanMemory.slice(0..<c)
    var varianceMemory = pass.saved
    var variance = varianceMemory.slice(c..<2 * c)
    var lost = scratch.slice(0..<c)
    channelMoments(of: pass.input(), mean: &mean, variance: &variance, workspace: &lost)
    inverseDeviations(variance.span, epsilon: epsilon, into: &inverse)
    normalizeChannels(
      pass.input(), mean: mean.span, inverse: inverse.span, weight: pass.parameter(0),
      bias: pass.parameter(1), into: &y)
  }

  /// Overwrites the gradients of weight, bias and input, and the micro-batch's statistics.
  public func backward(_ pass: borrowing BackwardPass) {
    let c = pass.inputShape().channels
    let mean = pass.saved.extracting(0..<c)
    let variance = pass.saved.extracting(c..<2 * c)
    let inverse = pass.saved.extracting(2 * c..<3 * c)
    var scratch = pass.workspace
    var dw = pass.parameterGradient(0)
    var db = pass.parameterGradient(1)
    batchNormParameterGradients(
      pass.input(), pass.outputGradient, mean: mean, inverse: inverse, weightGradient: &dw,
      biasGradient: &db, workspace: &scratch)
    var meanStatistic = pass.parameterGradient(2)
    copy(mean, into: &meanStatistic)
    var varianceStatistic = pass.parameterGradient(3)
    unbiasedVariances(
      variance, rows: pass.microBatch * pass.inputShape().positions, into: &varianceStatistic)
    if pass.needsInputGradient() {
      var dx = pass.inputGradient()
      batchNormInputGradient(
        pass.input(), pass.outputGradient, mean: mean, inverse: inverse,
        weight: pass.parameter(0), weightGradient: dw.span, biasGradient: db.span, into: &dx)
    }
  }
}
