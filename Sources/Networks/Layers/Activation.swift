import Kernels
public import Storage

/// A function of each element by itself.
public struct Activation: Layer {
  /// The functions there are.
  public enum Function: Hashable, Sendable {
    /// max(x, 0).
    case relu
    /// min(max(x, 0), 6).
    case relu6
    /// x, or slope·x where x is negative.
    case leakyReLU(Float)
    /// 1 / (1 + exp(−x)).
    case sigmoid
    /// tanh(x).
    case tanh
    /// x·sigmoid(x).
    case silu
  }

  /// The function.
  public let function: Function

  /// A layer that applies `function`.
  public init(_ function: Function) { self.function = function }

  /// The shape of the one input.
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    if case .leakyReLU(let slope) = function, !slope.isFinite {
      throw NetworkError("leaky_relu needs a finite slope, not \(slope)")
    }
    return try InputCheck.sole(inputs, of: "an activation")
  }

  /// The output where it tells enough, so that the input's memory is free for others.
  public var backwardReads: BackwardReads {
    switch function {
    case .relu, .relu6, .sigmoid, .tanh: .output
    case .leakyReLU, .silu: .input
    }
  }

  /// Overwrites the output.
  public func forward(_ pass: borrowing ForwardPass) {
    var y = pass.output
    switch function {
    case .relu: rectify(pass.input(), ceiling: .infinity, into: &y)
    case .relu6: rectify(pass.input(), ceiling: 6, into: &y)
    case .leakyReLU(let slope): leakyRectify(pass.input(), slope: slope, into: &y)
    case .sigmoid: sigmoid(pass.input(), into: &y)
    case .tanh: hyperbolicTangent(pass.input(), into: &y)
    case .silu: sigmoidLinear(pass.input(), into: &y)
    }
  }

  /// Element by element, the input's gradient follows from the output's.
  public var gradientInPlace: Int? { 0 }

  /// Turns the output's gradient into the input's.
  public func backward(_ pass: borrowing BackwardPass) {
    guard pass.needsInputGradient() else { return }
    var gradient = pass.gradientInPlace
    switch function {
    case .relu: rectifyGradient(output: pass.output, ceiling: .infinity, &gradient)
    case .relu6: rectifyGradient(output: pass.output, ceiling: 6, &gradient)
    case .leakyReLU(let slope): leakyRectifyGradient(input: pass.input(), slope: slope, &gradient)
    case .sigmoid: sigmoidGradient(output: pass.output, &gradient)
    case .tanh: hyperbolicTangentGradient(output: pass.output, &gradient)
    case .silu: sigmoidLinearGradient(input: pass.input(), &gradient)
    }
  }

  /// Where the range from 0 ends to which the function clamps; nil if it does something else.
  var limit: Float? {
    switch function {
    case .relu: .infinity
    case .relu6: 6
    default: nil
    }
  }
}
