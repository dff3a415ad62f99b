import Kernels
import Storage

/// A convolution with all that its three passes read and write; the same numbers for every policy.
struct ConvolutionTrial: ~Copyable {
  private let convolution: Convolution
  private let x: AlignedArray<Float>
  private let weights: AlignedArray<Float>
  private let dy: AlignedArray<Float>
  private var y: AlignedArray<Float>
  private var dx: AlignedArray<Float>
  private var dw: AlignedArray<Float>
  private var prepared: AlignedArray<Float>
  private var preparedGradient: AlignedArray<Float>
  private var workspace: AlignedArray<Float>

  init(_ measured: ConvolutionCase, samples: Int, policy: Convolution.Policy) {
    convolution = Convolution(measured.geometry, samples: samples, policy: policy)
    x = Self.numbers(samples * measured.inputCount, sample: 1)
    weights = Self.numbers(measured.weightCount, sample: 2)
    dy = Self.numbers(samples * measured.outputCount, sample: 3)
    y = AlignedArray(count: dy.count)
    dx = AlignedArray(count: x.count)
    dw = AlignedArray(count: weights.count)
    workspace = AlignedArray(count: convolution.workspaceCount)
    prepared = AlignedArray(count: convolution.preparedCount)
    preparedGradient = AlignedArray(count: convolution.preparedGradientCount)
    prepare()
  }

  private mutating func prepare() {
    let convolution = convolution
    Self.run(weights, into: &prepared) { convolution.prepare($0, into: &$1) }
    Self.run(weights, into: &preparedGradient) { convolution.prepareGradient($0, into: &$1) }
  }

  mutating func forward() {
    let convolution = convolution
    Self.run(x, weights, prepared, into: &y, &workspace) {
      convolution.forward($0, $1, prepared: $2, into: &$3, workspace: &$4)
    }
  }

  mutating func inputGradient() {
    let convolution = convolution
    Self.run(dy, weights, preparedGradient, into: &dx, &workspace) {
      convolution.inputGradient($0, $1, prepared: $2, into: &$3, workspace: &$4)
    }
  }

  mutating func weightGradient() {
    let convolution = convolution
    Self.run(x, dy, prepared, into: &dw, &workspace) {
      convolution.weightGradient($0, $1, into: &$3, workspace: &$4)
    }
  }

  // Spans of stored arrays would keep all of `self` to themselves; spans of parameters do not.

  private static func run(
    _ input: borrowing AlignedArray<Float>, into result: inout AlignedArray<Float>,
    _ body: (Span<Float>, inout MutableSpan<Float>) -> Void
  ) {
    var target = result.mutableSpan
    body(input.span, &target)
  }

  private static func run(
    _ first: borrowing AlignedArray<Float>, _ second: borrowing AlignedArray<Float>,
    _ prepared: borrowing AlignedArray<Float>, into result: inout AlignedArray<Float>,
    _ workspace: inout AlignedArray<Float>,
    _ body: (
      Span<Float>, Span<Float>, Span<Float>, inout MutableSpan<Float>, inout MutableSpan<Float>
    ) -> Void
  ) {
    var target = result.mutableSpan
    var scratch = workspace.mutableSpan
    body(first.span, second.span, prepared.span, &target, &scratch)
  }

  /// The largest difference of a result from another trial's, over the largest value of the same
  /// result; of all three passes the worst.
  func difference(from other: borrowing ConvolutionTrial) -> Double {
    max(
      Self.difference(y.span, other.y.span), Self.difference(dx.span, other.dx.span),
      Self.difference(dw.span, other.dw.span))
  }

  private static func difference(_ values: Span<Float>, _ reference: Span<Float>) -> Double {
    var (error, largest) = (Float.zero, Float.zero)
    for index in 0..<values.count {
      error = max(error, (values[index] - reference[index]).magnitude)
      largest = max(largest, reference[index].magnitude)
    }
    return largest > 0 ? Double(error / largest) : .infinity
  }

  /// Numbers between -1 and 1.
  private static func numbers(_ count: Int, sample: UInt32) -> AlignedArray<Float> {
    let stream = RandomStream(seed: 1, purpose: .synthesis, sample: sample)
    var numbers = AlignedArray<Float>(count: count)
    for index in 0..<count { numbers[index] = 2 * stream.uniform(index) - 1 }
    return numbers
  }
}
