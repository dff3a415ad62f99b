import Kernels
public import Storage

/// The channels of two or more inputs side by side, in the order of the inputs.
public struct Concatenate: Layer {
  /// A concatenation.
  public init() {}

  /// [H, W, C₁], [H, W, C₂], … → [H, W, C₁ + C₂ + …], or the same without H and W.
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    guard inputs.count >= 2 else {
      throw NetworkError("concatenate needs two or more inputs, not \(inputs.count)")
    }
    let outer = inputs[0].extents.dropLast()
    for other in inputs.dropFirst() where other.extents.dropLast() != outer {
      throw NetworkError(
        "concatenate needs inputs that differ in channels only, not \(inputs[0]) and \(other)")
    }
    return Shape(outer + [inputs.reduce(0) { $0 + $1.channels }])
  }

  /// Gradients depend on no activation.
  public var backwardReads: BackwardReads { [] }

  /// Overwrites the output.
  public func forward(_ pass: borrowing ForwardPass) {
    var y = pass.output
    let width = pass.outputShape.channels
    var first = 0
    for index in 0..<pass.inputCount {
      let channels = pass.inputShape(index).channels
      copyColumns(
        of: pass.input(index), width: channels, from: 0, count: channels, into: &y, width: width,
        at: first)
      first += channels
    }
  }

  /// Overwrites each input's gradient with its channels of the output's.
  public func backward(_ pass: borrowing BackwardPass) {
    let width = pass.outputShape.channels
    var first = 0
    for index in 0..<pass.inputCount {
      let channels = pass.inputShape(index).channels
      if pass.needsInputGradient(index) {
        var dx = pass.inputGradient(index)
        copyColumns(
          of: pass.outputGradient, width: width, from: first, count: channels, into: &dx,
          width: channels, at: 0)
      }
      first += channels
    }
  }
}
