import Kernels
import Storage

/// The sum of two inputs, clamped to a range from 0, in one pass.
struct ClampedAdd: Layer {
  /// Where the range ends.
  let ceiling: Float

  func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    try Add().outputShape(of: inputs)
  }

  /// The output tells where it was clamped.
  var backwardReads: BackwardReads { .output }

  /// The first input's gradient is that of the sum.
  var gradientInPlace: Int? { 0 }

  func forward(_ pass: borrowing ForwardPass) {
    var y = pass.output
    add(pass.input(0), pass.input(1), ceiling: ceiling, into: &y)
  }

  func backward(_ pass: borrowing BackwardPass) {
    var gradient = pass.gradientInPlace
    rectifyGradient(output: pass.output, ceiling: ceiling, &gradient)
    guard pass.needsInputGradient(1) else { return }
    var dx = pass.inputGradient(1)
    copy(gradient.span, into: &dx)
  }
}
