import Kernels
import Storage

/// A convolution, perhaps a clamp, and a max pooling of 2×2 in one.
///
/// The convolution's output is never written. The layer is made for one size of micro-batch.
struct PooledConv2D: Layer {
  /// The convolution as it was described.
  let layer: Conv2D
  /// Where the clamp's range from 0 ends; nil without one.
  let ceiling: Float?
  /// How it is computed.
  let pooled: PooledConvolution

  func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    [pooled.output.height, pooled.output.width, layer.channels]
  }

  func parameters(of inputs: [Shape]) -> [ParameterSpecification] { layer.parameters(of: inputs) }

  /// Saved is which of four outputs won; scratch memory holds the gradient that the clamp lets
  /// through, too.
  func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory {
    let outputs = microBatch * pooled.output.count * layer.channels
    return LayerMemory(
      savedIndices: outputs, workspace: pooled.workspaceCount + (ceiling == nil ? 0 : outputs),
      preparedForward: pooled.convolution.preparedCount,
      preparedBackward: pooled.convolution.preparedGradientCount)
  }

  var backwardReads: BackwardReads { ceiling == nil ? .input : [.input, .output] }

  func prepareForward(_ pass: borrowing PreparationPass) { layer.prepareForward(pass) }

  func prepareBackward(_ pass: borrowing PreparationPass) { layer.prepareBackward(pass) }

  func forward(_ pass: borrowing ForwardPass) {
    var y = pass.output
    var winners = pass.savedIndices
    var workspace = pass.workspace
    pooled.forward(
      pass.input(), prepared: pass.prepared, bias: layer.bias ? pass.parameter(1) : Span(),
      ceiling: ceiling, into: &y, winners: &winners, workspace: &workspace)
  }

  func backward(_ pass: borrowing BackwardPass) {
    guard let ceiling else { return backward(pass, from: pass.outputGradient) }
    let count = pooled.workspaceCount
    let open = count..<count + pass.outputGradient.count
    var gradient = pass.workspace(open)
    copy(pass.outputGradient, into: &gradient)
    rectifyGradient(output: pass.output, ceiling: ceiling, &gradient)
    backward(pass, from: pass.workspaceAsLeft(open))
  }

  /// The gradients, from that of what is pooled.
  private func backward(_ pass: borrowing BackwardPass, from dy: Span<Float>) {
    if layer.bias {
      var biasGradient = pass.parameterGradient(1)
      sumRows(of: dy, into: &biasGradient)
    }
    var weightGradient = pass.parameterGradient(0)
    var dx = pass.needsInputGradient() ? pass.inputGradient() : MutableSpan()
    var workspace = pass.workspace(0..<pooled.workspaceCount)
    pooled.gradients(
      pass.input(), dy, winners: pass.savedIndices, prepared: pass.prepared,
      into: &weightGradient, input: &dx, workspace: &workspace)
  }
}
