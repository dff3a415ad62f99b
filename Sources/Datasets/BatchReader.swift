internal import Storage

/// Reads this rank's share of every training step's global batch.
public struct BatchReader: ~Copyable {
  private let buffer: MicroBatchBuffer
  private var stream: SampleStream
  private let globalBatch: Int
  private let share: Range<Int>

  /// A reader of the micro-batches `share` of 0 ..< M, where M micro-batches make a global batch.
  ///
  /// All memory is allocated here: a step allocates nothing.
  public init(
    store: SampleStore, stream: SampleStream, normalization: Normalization,
    globalBatch: Int, microBatch: Int, share: Range<Int>
  ) {
    precondition(
      microBatch > 0 && globalBatch % microBatch == 0,
      "a global batch of \(globalBatch) in micro-batches of \(microBatch)")
    precondition(
      share.lowerBound >= 0 && share.upperBound <= globalBatch / microBatch,
      "micro-batches \(share) of \(globalBatch / microBatch)")
    buffer = MicroBatchBuffer(
      store: store, normalization: normalization, microBatch: microBatch,
      microBatches: share.count)
    self.stream = stream
    self.globalBatch = globalBatch
    self.share = share
  }

  /// The micro-batches of this rank's share of step `step`, in order.
  ///
  /// The sequence is for one pass, before the next step is asked for.
  public mutating func microBatches(of step: Int) -> MicroBatches {
    let first = step * globalBatch + share.lowerBound * buffer.microBatch
    let count = share.count * buffer.microBatch
    for offset in 0..<count {
      unsafe buffer.identities.unsafeElements[offset] = stream.identity(at: first + offset)
    }
    return MicroBatches(
      buffer: buffer, first: share.lowerBound, current: share.lowerBound,
      end: share.upperBound, sampleCount: count)
  }
}

/// Reads this rank's share of an evaluation: every sample once, in order, on one of the ranks.
///
/// Copies share the memory of their micro-batch; only one of them may be read at a time.
public struct EvaluationReader {
  private let buffer: MicroBatchBuffer
  private let share: Range<Int>
  private let sampleCount: Int

  /// The number of micro-batches that hold `samples` samples, the last one padded.
  public static func microBatchCount(samples: Int, microBatch: Int) -> Int {
    (samples + microBatch - 1) / microBatch
  }

  /// A reader of the micro-batches `share` of 0 ..< microBatchCount(samples:microBatch:).
  ///
  /// It goes over the given samples, or over all in the store. The last micro-batch is padded by
  /// repeating the last sample; `MicroBatch.count` tells how many count.
  public init(
    store: SampleStore, samples: [UInt32]? = nil, normalization: Normalization,
    microBatch: Int, share: Range<Int>
  ) {
    let total = samples?.count ?? store.count
    let microBatches = EvaluationReader.microBatchCount(samples: total, microBatch: microBatch)
    precondition(
      share.lowerBound >= 0 && share.upperBound <= microBatches,
      "micro-batches \(share) of \(microBatches)")
    buffer = MicroBatchBuffer(
      store: store, normalization: normalization, microBatch: microBatch,
      microBatches: share.count)
    self.share = share
    let first = share.lowerBound * microBatch
    sampleCount = min(total - first, share.count * microBatch)
    for offset in 0..<buffer.identities.count {
      let position = min(first + offset, total - 1)
      let sample = samples?[position] ?? UInt32(position)
      unsafe buffer.identities.unsafeElements[offset] = SampleIdentity(epoch: 0, sample: sample)
    }
  }

  /// The micro-batches of this rank's share, in order; the sequence is for one pass.
  public func microBatches() -> MicroBatches {
    MicroBatches(
      buffer: buffer, first: share.lowerBound, current: share.lowerBound,
      end: share.upperBound, sampleCount: sampleCount)
  }
}
