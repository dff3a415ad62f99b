import Kernels
import Networks
import Storage

/// A layer whose output is its parameter, so that gradients of inputs can be checked like weights'.
struct LearnedInput: Layer {
  let shape: Shape
  let microBatch: Int

  func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape { shape }

  func parameters(of inputs: [Shape]) -> [ParameterSpecification] {
    [
      ParameterSpecification(
        "value", Shape([microBatch] + shape.extents), role: .weight, initializer: .constant(0))
    ]
  }

  var backwardReads: BackwardReads { [] }

  func forward(_ pass: borrowing ForwardPass) {
    var y = pass.output
    copy(pass.parameter(0), into: &y)
  }

  func backward(_ pass: borrowing BackwardPass) {
    var gradient = pass.parameterGradient(0)
    copy(pass.outputGradient, into: &gradient)
  }
}
