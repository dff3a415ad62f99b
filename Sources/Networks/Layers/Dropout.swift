import Kernels
public import Storage

/// Sets elements to zero at random while training, and scales the others so that the mean stays.
///
/// What falls is a pure function of (seed, epoch, sample, layer, element). Evaluation changes
/// nothing.
public struct Dropout: Layer {
  /// The share of elements that fall, in 0 ..< 1.
  public let rate: Float

  /// A dropout with the given rate.
  public init(_ rate: Float) { self.rate = rate }

  /// The shape of the one input.
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    guard rate >= 0, rate < 1 else {
      throw NetworkError("dropout needs a rate in 0..<1, not \(rate)")
    }
    return try InputCheck.sole(inputs, of: "dropout")
  }

  /// Saved is the factor of every element.
  public func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory {
    LayerMemory(saved: microBatch * inputs[0].count)
  }

  /// The factors are saved; no activation is read again.
  public var backwardReads: BackwardReads { [] }

  /// Overwrites the output, and in training the factors.
  public func forward(_ pass: borrowing ForwardPass) {
    let x = pass.input()
    var y = pass.output
    guard pass.mode == .training else { return copy(x, into: &y) }
    var factors = pass.saved
    let count = pass.inputShape().count
    for sample in 0..<pass.microBatch {
      let range = sample * count..<(sample + 1) * count
      var target = y.slice(range)
      var mask = factors.slice(range)
      dropout(
        x.extracting(range), rate: rate,
        stream: pass.randomStream(sample: sample, purpose: .dropout), into: &target, mask: &mask)
    }
  }

  /// Element by element, the input's gradient follows from the output's.
  public var gradientInPlace: Int? { 0 }

  /// Multiplies the gradient by the factors.
  public func backward(_ pass: borrowing BackwardPass) {
    guard pass.needsInputGradient() else { return }
    var gradient = pass.gradientInPlace
    multiply(&gradient, by: pass.saved)
  }
}
