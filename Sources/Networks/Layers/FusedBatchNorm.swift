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
    return LayerMemory(
      saved: BatchNormStatistics.count(channels: c), workspace: batchNormWorkspaceCount(channels: c)
    )
  }

  /// Where a sum with a residual was clamped, the output tells; all else is computed again.
  var backwardReads: BackwardReads {
    addsResidual && ceiling != nil ? [.input, .output] : .input
  }

  /// The residual's gradient is that of the sum; without one, the input's takes the place.
  var gradientInPlace: Int? { addsResidual ? 1 : 0 }

  var addsFurtherGradient: Bool { true }

  func forward(_ pass: borrowing ForwardPass) {
    let statistics = BatchNormStatistics(channels: pass.inputShape().channels)
    statistics.find(of: pass.input(), epsilon: norm.epsilon, pass)
    let by = statistics.normalization(
      clampedTo: ceiling, pass.node, pass.arena, pass.flatParameters)
    var y = pass.output
    var workspace = pass.workspace
    normalizeChannels(
      pass.input(), mean: by.mean, inverse: by.inverse, weight: by.weight, bias: by.bias,
      adding: addsResidual ? pass.input(1) : Span(), ceiling: ceiling,
      into: &y, workspace: &workspace)
  }

  func backward(_ pass: borrowing BackwardPass) {
    let statistics = BatchNormStatistics(channels: pass.inputShape().channels)
    let by = statistics.normalization(
      clampedTo: ceiling, pass.node, pass.arena, pass.flatParameters)
    var workspace = pass.workspace
    var gradient = pass.gradientInPlace
    var dw = pass.parameterGradient(0)
    var db = pass.parameterGradient(1)
    batchNormParameterGradients(
      pass.input(), mean: by.mean, inverse: by.inverse, weight: by.weight,
      bias: by.bias, ceiling: ceiling, output: addsResidual ? pass.output : Span(),
      further: pass.furtherGradient, gradient: &gradient, weightGradient: &dw, biasGradient: &db,
      workspace: &workspace)
    statistics.leave(rows: pass.microBatch * pass.inputShape().positions, pass)
    guard pass.needsInputGradient() else { return }
    if addsResidual {
      var dx = pass.inputGradient()
      batchNormInputGradient(
        pass.input(), gradient.span, mean: by.mean, inverse: by.inverse, weight: by.weight,
        bias: by.bias, ceiling: nil, weightGradient: dw.span, biasGradient: db.span,
        into: &dx, workspace: &workspace)
    } else {
      batchNormInputGradient(
        pass.input(), Span(), mean: by.mean, inverse: by.inverse, weight: by.weight,
        bias: by.bias, ceiling: ceiling, weightGradient: dw.span, biasGradient: db.span,
        into: &gradient, workspace: &workspace)
    }
  }
}
