import Kernels
public import Storage

/// The sum of two or more inputs of one shape, the first two first.
public struct Add: Layer {
  /// An addition.
  public init() {}

  /// The shape that all inputs have.
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    guard inputs.count >= 2 else {
      throw NetworkError("add needs two or more inputs, not \(inputs.count)")
    }
    for other in inputs.dropFirst() where other != inputs[0] {
      throw NetworkError("add needs inputs of one shape, not \(inputs[0]) and \(other)")
    }
    return inputs[0]
  }

  /// Gradients depend on no activation.
  public var backwardReads: BackwardReads { [] }

  /// Overwrites the output.
  public func forward(_ pass: borrowing ForwardPass) {
    var y = pass.output
    add(pass.input(0), pass.input(1), into: &y)
    for index in 2..<pass.inputCount { add(pass.input(index), to: &y) }
  }

  /// The first input's gradient is the output's.
  public var gradientInPlace: Int? { 0 }

  /// Overwrites each further input's gradient with the output's.
  public func backward(_ pass: borrowing BackwardPass) {
    for index in 1..<pass.inputCount where pass.needsInputGradient(index) {
      var dx = pass.inputGradient(index)
      copy(pass.outputGradient, into: &dx)
    }
  }
}
