/// Reads this rank's share of every training step's global batch.
public struct BatchReader: ~Copyable {
  private let supply: MicroBatchSupply
  private let globalBatch: Int
  private let share: Range<Int>
  private let leftOut: LeftOutSamples
  private var nextStep: Int

  /// A reader of the micro-batches `share` of 0 ..< M, where M micro-batches make a global batch.
  ///
  /// The random numbers of `augmentation`, which must suit the store's images, depend on the
  /// stream's seed. All memory is allocated here: a step allocates nothing. A reader that reads
  /// `ahead` begins at once, on a thread that ends with the reader. `leftOut` are the samples of
  /// each block that were left out before, where anything is known of that.
  public init(
    store: SampleStore, stream: SampleStream, augmentation: Augmentation = .none,
    normalization: Normalization, globalBatch: Int, microBatch: Int, share: Range<Int>,
    firstStep: Int = 0, ahead: Bool = false, onDamaged: DamagePolicy = .stop,
    leftOut: [Int64]? = nil
  ) {
    precondition(
      microBatch > 0 && globalBatch % microBatch == 0,
      "a global batch of \(globalBatch) in micro-batches of \(microBatch)")
    precondition(
      share.lowerBound >= 0 && share.upperBound <= globalBatch / microBatch,
      "micro-batches \(share) of \(globalBatch / microBatch)")
    let pipeline = ImagePipeline(
      augmentation, seed: stream.seed, for: store, normalization: normalization)
    let source = MicroBatchSource(
      TrainingOrder(stream, globalBatch: globalBatch, share: share), store: store,
      pipeline: pipeline, microBatch: microBatch, onDamaged: onDamaged)
    self.leftOut = LeftOutSamples(leftOut ?? [Int64](repeating: 0, count: store.blockCount))
    supply =
      ahead && !share.isEmpty
      ? .ahead(ReadAhead(source, from: firstStep * share.count))
      : .inline(source, source.makeMemory())
    self.globalBatch = globalBatch
    self.share = share
    nextStep = firstStep
  }

  /// The micro-batches of this rank's share of step `step`, in order; steps follow each other.
  ///
  /// They are for one pass, before the next step is asked for.
  public mutating func microBatches(of step: Int) -> MicroBatches {
    precondition(step == nextStep, "step \(step) in place of \(nextStep)")
    nextStep += 1
    return MicroBatches(
      supply: supply, current: share.lowerBound, end: share.upperBound,
      origin: step * share.count - share.lowerBound, leftOut: leftOut)
  }

  /// How many samples of each block were left out so far, in the steps that were asked for.
  public var leftOutSamples: [Int64] { leftOut.counts }
}

/// Reads this rank's share of an evaluation: every sample once, in order, on one of the ranks.
///
/// Copies share the memory of their micro-batch; only one of them may be read at a time.
public struct EvaluationReader {
  private let supply: MicroBatchSupply
  private let share: Range<Int>
  private let total: Int

  /// The number of micro-batches that hold `samples` samples, the last one padded.
  public static func microBatchCount(samples: Int, microBatch: Int) -> Int {
    (samples + microBatch - 1) / microBatch
  }

  /// A reader of the micro-batches `share` of 0 ..< microBatchCount(samples:microBatch:).
  ///
  /// It goes over the given samples, or over all in the store. The last micro-batch is padded by
  /// repeating the last sample; `MicroBatch.count` tells how many count.
  public init(
    store: SampleStore, samples: [UInt32]? = nil, augmentation: Augmentation = .none,
    normalization: Normalization, microBatch: Int, share: Range<Int>,
    onDamaged: DamagePolicy = .stop
  ) {
    total = samples?.count ?? store.count
    let microBatches = EvaluationReader.microBatchCount(samples: total, microBatch: microBatch)
    precondition(
      share.lowerBound >= 0 && share.upperBound <= microBatches,
      "micro-batches \(share) of \(microBatches)")
    let pipeline = ImagePipeline(
      augmentation, seed: 0, for: store, normalization: normalization)
    let source = MicroBatchSource(
      EvaluationOrder(samples, count: total), store: store, pipeline: pipeline,
      microBatch: microBatch, onDamaged: onDamaged)
    supply = .inline(source, source.makeMemory())
    self.share = share
  }

  /// The micro-batches of this rank's share, in order; they are for one pass.
  public func microBatches() -> MicroBatches {
    MicroBatches(
      supply: supply, current: share.lowerBound, end: share.upperBound, origin: 0,
      leftOut: nil)
  }
}
