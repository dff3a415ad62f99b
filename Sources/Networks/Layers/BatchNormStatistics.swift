import Kernels
import Storage

/// Where a batch normalization's statistics lie in a layer's saved memory, and which of the layer's
/// parameters are its own.
struct BatchNormStatistics: Sendable {
  /// The means [C].
  private let mean: Range<Int>
  /// The biased variances [C].
  private let variance: Range<Int>
  /// The inverse standard deviations [C].
  private let inverse: Range<Int>
  /// The number of the weight among the layer's parameters; bias and running statistics follow.
  private let weight: Int

  /// Floats of saved memory.
  static func count(channels: Int) -> Int { 3 * channels }

  /// The statistics from `start` on of the normalization whose parameters begin with number `weight`.
  init(channels: Int, from start: Int = 0, weight: Int = 0) {
    mean = start..<start + channels
    variance = mean.upperBound..<mean.upperBound + channels
    inverse = variance.upperBound..<variance.upperBound + channels
    self.weight = weight
  }

  /// Leaves the statistics of x [R, C] or, where the pass judges, the running ones.
  func find(of x: Span<Float>, epsilon: Float, _ pass: borrowing ForwardPass) {
    if pass.mode == .training {
      var means = means(pass)
      var variances = variances(pass)
      var workspace = pass.workspace
      channelMoments(of: x, mean: &means, variance: &variances, workspace: &workspace)
    }
    complete(epsilon: epsilon, pass)
  }

  /// Where the means of what is normalized go, of whoever writes that; empty where the pass judges.
  @_lifetime(borrow pass)
  func means(_ pass: borrowing ForwardPass) -> MutableSpan<Float> {
    pass.mode == .training ? pass.savedToWrite(mean) : MutableSpan()
  }

  /// The same for the biased variances.
  @_lifetime(borrow pass)
  func variances(_ pass: borrowing ForwardPass) -> MutableSpan<Float> {
    pass.mode == .training ? pass.savedToWrite(variance) : MutableSpan()
  }

  /// Leaves what else there is, of the means and variances that are there or, where the pass judges,
  /// of the running ones.
  func complete(epsilon: Float, _ pass: borrowing ForwardPass) {
    var variances = pass.savedToWrite(variance)
    if pass.mode != .training {
      var means = pass.savedToWrite(mean)
      copy(pass.parameter(weight + 2), into: &means)
      copy(pass.parameter(weight + 3), into: &variances)
    }
    var inverses = pass.savedToWrite(inverse)
    inverseDeviations(variances.span, epsilon: epsilon, into: &inverses)
  }

  /// The normalization by them, followed by a clamp unless `ceiling` is nil; node, arena and
  /// parameters are those of a pass.
  @_lifetime(borrow arena, borrow parameters)
  func normalization(
    clampedTo ceiling: Float?, _ node: CompiledNode, _ arena: borrowing MemoryView<Float>,
    _ parameters: borrowing MemoryView<Float>
  ) -> ChannelNormalization {
    ChannelNormalization(
      mean: arena.read(node.saved.part(mean)), inverse: arena.read(node.saved.part(inverse)),
      weight: parameters.read(node.parameters[weight]),
      bias: parameters.read(node.parameters[weight + 1]), ceiling: ceiling)
  }

  /// Leaves the means and unbiased variances of `rows` rows as the "gradients" of the running ones.
  func leave(rows: Int, _ pass: borrowing BackwardPass) {
    var means = pass.parameterGradient(weight + 2)
    copy(pass.saved(mean), into: &means)
    var variances = pass.parameterGradient(weight + 3)
    unbiasedVariances(pass.saved(variance), rows: rows, into: &variances)
  }
}
