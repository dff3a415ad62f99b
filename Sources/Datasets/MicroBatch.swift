internal import Kernels
public import Storage

/// A micro-batch, ready for the network; valid until its reader makes the next one.
@safe public struct MicroBatch {
  /// Its index in the global batch, 0 ..< M, or in the evaluation.
  public let index: Int
  /// How many samples count: all in training; the last of an evaluation may be padded.
  public let count: Int

  private let buffer: MicroBatchBuffer
  private let imageElements: UnsafeBufferPointer<Float>
  private let labelElements: UnsafeBufferPointer<Int32>
  private let identityElements: UnsafeBufferPointer<SampleIdentity>

  /// The micro-batch `index` in `buffer`, whose identities start at `first`.
  fileprivate init(index: Int, count: Int, first: Int, in buffer: MicroBatchBuffer) {
    self.index = index
    self.count = count
    self.buffer = buffer
    unsafe imageElements = UnsafeBufferPointer(buffer.images.unsafeElements)
    unsafe labelElements = UnsafeBufferPointer(buffer.labels.unsafeElements)
    unsafe identityElements = UnsafeBufferPointer(
      rebasing: buffer.identities.unsafeElements[first..<first + labelElements.count])
  }

  /// The normalized images [b, H, W, C].
  public var images: Span<Float> {
    @_lifetime(borrow self) get { unsafe imageElements.span }
  }

  /// The labels [b].
  public var labels: Span<Int32> {
    @_lifetime(borrow self) get { unsafe labelElements.span }
  }

  /// Which sample of which epoch each is [b].
  public var identities: Span<SampleIdentity> {
    @_lifetime(borrow self) get { unsafe identityElements.span }
  }
}

/// A run of micro-batches in order, made one after the other in the same memory.
public struct MicroBatches: Sequence, IteratorProtocol {
  internal let buffer: MicroBatchBuffer
  /// The first micro-batch of the run, whose identities are the buffer's first.
  internal let first: Int
  /// The micro-batch to make next.
  internal var current: Int
  internal let end: Int
  /// The samples from the first micro-batch on that count.
  internal let sampleCount: Int

  /// The next micro-batch; the one before is overwritten.
  public mutating func next() -> MicroBatch? {
    guard current < end else { return nil }
    defer { current += 1 }
    let start = (current - first) * buffer.microBatch
    buffer.fill(from: start)
    let count = Swift.min(buffer.microBatch, sampleCount - start)
    return MicroBatch(index: current, count: count, first: start, in: buffer)
  }
}

/// The memory of one reader: a micro-batch, and who is in all of them.
internal final class MicroBatchBuffer {
  let microBatch: Int
  let images: AlignedArray<Float>
  let labels: AlignedArray<Int32>
  /// The identities of this rank's samples, micro-batch after micro-batch.
  let identities: AlignedArray<SampleIdentity>
  private let store: SampleStore
  private let table: AlignedArray<Float>

  init(store: SampleStore, normalization: Normalization, microBatch: Int, microBatches: Int) {
    precondition(microBatch > 0, "a micro-batch of \(microBatch) samples")
    precondition(
      normalization.means.count == store.shape.channels,
      "\(normalization.means.count) means for images of \(store.shape)")
    self.store = store
    self.microBatch = microBatch
    images = AlignedArray(count: microBatch * store.shape.count)
    labels = AlignedArray(count: microBatch)
    identities = AlignedArray(count: microBatch * microBatches)
    table = AlignedArray(count: 256 * store.shape.channels)
    let memory = unsafe table.unsafeElements
    var entries = unsafe memory.mutableSpan
    fillNormalizationTable(
      means: normalization.means, deviations: normalization.deviations, into: &entries)
  }

  /// Fills the micro-batch with the samples whose identities start at `start`.
  func fill(from start: Int) {
    let store = store
    let table = unsafe table.unsafeElements
    let size = store.shape.count
    let channels = store.shape.channels
    for slot in 0..<microBatch {
      let sample = Int(unsafe identities.unsafeElements[start + slot].sample)
      let image = unsafe UnsafeMutableBufferPointer(
        rebasing: images.unsafeElements[slot * size..<(slot + 1) * size])
      var output = unsafe image.mutableSpan
      normalizePixels(
        store.pixels(of: sample), table: unsafe table.span, channels: channels, into: &output)
      unsafe labels.unsafeElements[slot] = store.label(of: sample)
    }
  }
}
