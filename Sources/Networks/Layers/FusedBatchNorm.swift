import Kernels
import Storage

/// A batch normalization and what follows it, in one pass: an addition, a clamp, both or neither.
///
/// The inputs are x and, if `addsResidual`, what is added to the normalized x. Parameters are those
/// of the normalization.
struct FusedBatchNorm: Layer {
  /// The normalization.
  let norm: BatchNorm
  /// Whether a second input is added.
  let addsResidual: Bool
  /// Where the range from 0 ends to which the sum is clamped; nil if it is not.
  let ceiling: Float?

  func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    try norm.outputShape(of: [inputs[0]])
  }

  func parameters(of inputs: [Shape]) -> [ParameterSpecification] {
    norm.parameters(of: [inputs[0]])
  }

  /// Saved are mean, variance and inverse deviation.
  func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory {
    let c = inputs[0].channels
    return LayerMemory(saved: 3 * c, workspace: batchNormWorkspaceCount(channels: c))
  }

  /// Where a sum with a residual was clamped, the output tells; all else is computed again.
  var backwardReads: BackwardReads {
    addsResidual && ceiling != nil ? [.input, .output] : .input
  }

  /// The residual's gradient is that of the sum; without one, the input's takes the place.
  var gradientInPlace: Int? { addsResidual ? 1 : 0 }

  var addsFurtherGradient: Bool { true }

  func forward(_ pass: borrowing ForwardPass) {
    let c = pass.inputShape().channels
    var meanMemory = pass.saved
    var mean = meanMemory.slice(0..<c)
    var varianceMemory = pass.saved
    var variance = varianceMemory.slice(c..<2 * c)
    var inverseMemory = pass.saved
    var inverse = inverseMemory.slice(2 * c..<3 * c)
    if pass.mode == .training {
      var workspace = pass.workspace
      channelMoments(of: pass.input(), mean: &mean, variance: &variance, workspace: &workspace)
    } else {
      copy(pass.parameter(2), into: &mean)
      copy(pass.parameter(3), into: &variance)
    }
    inverseDeviations(variance.span, epsilon: norm.epsilon, into: &inverse)
    var y = pass.output
    var workspace = pass.workspace
    normalizeChannels(
      pass.input(), mean: mean.span, inverse: inverse.span, weight: pass.parameter(0),
      bias: pass.parameter(1), adding: addsResidual ? pass.input(1) : Span(), ceiling: ceiling,
      into: &y, workspace: &workspace)
  }

  func backward(_ pass: borrowing BackwardPass) {
    let c = pass.inputShape().channels
    let mean = pass.saved.extracting(0..<c)
    let variance = pass.saved.extracting(c..<2 * c)
    let inverse = pass.saved.extracting(2 * c..<3 * c)
    var workspace = pass.workspace
    var gradient = pass.gradientInPlace
    var dw = pass.parameterGradient(0)
    var db = pass.parameterGradient(1)
    batchNormParameterGradients(
      pass.input(), mean: mean, inverse: inverse, weight: pass.parameter(0),
      bias: pass.parameter(1), ceiling: ceiling, output: addsResidual ? pass.output : Span(),
      further: pass.furtherGradient, gradient: &gradient, weightGradient: &dw, biasGradient: &db,
      workspace: &workspace)
    var meanStatistic = pass.parameterGradient(2)
    copy(mean, into: &meanStatistic)
    var varianceStatistic = pass.parameterGradient(3)
    unbiasedVariances(
      variance, rows: pass.microBatch * pass.inputShape().positions, into: &varianceStatistic)
    guard pass.needsInputGradient() else { return }
    if addsResidual {
      var dx = pass.inputGradient()
      batchNormInputGradient(
        pass.input(), gradient.span, mean: mean, inverse: inverse, weight: pass.parameter(0),
        bias: pass.parameter(1), ceiling: nil, weightGradient: dw.span, biasGradient: db.span,
        into: &dx, workspace: &workspace)
    } else {
      batchNormInputGradient(
        pass.input(), Span(), mean: mean, inverse: inverse, weight: pass.parameter(0),
        bias: pass.parameter(1), ceiling: ceiling, weightGradient: dw.span, biasGradient: db.span,
        into: &gradient, workspace: &workspace)
    }
  }
}
