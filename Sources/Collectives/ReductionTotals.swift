/// What every rank knows of a step once gradients are reduced: the same on all ranks.
public struct ReductionTotals: Sendable, Equatable {
  /// The mean over micro-batches of their losses, summed in the order of micro-batches.
  public var meanLoss: Double = 0
  /// Samples that were classified correctly.
  public var correct: Int = 0
  /// The Euclidean norm of the mean gradient over all counted blocks.
  public var gradientNorm: Double = 0
  /// Whether all losses and all elements of the reduced array, counted or not, are finite.
  public var isFinite = true
  /// The first micro-batch whose loss or gradient is not finite.
  ///
  /// Nil where all are finite, even if their sum is not.
  public var firstNonFiniteMicroBatch: Int?
  /// The bitwise OR of the control integers of all ranks.
  public var control: Int32 = 0
  /// What the lowest rank that found memory damaged has found; nil where none has.
  public var damage: MemoryDamage?
  /// Whether ranks computed with different copies of the parameters, where these were compared.
  public var copiesDiffer = false

  /// The totals of no micro-batch.
  public init() {}
}
