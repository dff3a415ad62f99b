public import Storage

/// A micro-batch, ready for the network; valid until its reader is asked for the next one.
@safe public struct MicroBatch {
  /// Its index in the global batch, 0 ..< M, or in the evaluation.
  public let index: Int
  /// How many samples count: all in training; the last of an evaluation may be padded.
  public let count: Int

  private let memory: MicroBatchMemory
  private let imageElements: UnsafeBufferPointer<Float>
  private let labelElements: UnsafeBufferPointer<Int32>
  private let identityElements: UnsafeBufferPointer<SampleIdentity>

  /// The micro-batch `index`, which lies in `memory`.
  internal init(index: Int, count: Int, in memory: MicroBatchMemory) {
    self.index = index
    self.count = count
    self.memory = memory
    unsafe imageElements = UnsafeBufferPointer(memory.images.unsafeElements)
    unsafe labelElements = UnsafeBufferPointer(memory.labels.unsafeElements)
    unsafe identityElements = UnsafeBufferPointer(memory.identities.unsafeElements)
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

/// The memory of one micro-batch.
internal final class MicroBatchMemory {
  let images: AlignedArray<Float>
  let labels: AlignedArray<Int32>
  let identities: AlignedArray<SampleIdentity>
  /// The block of each sample that another stands in for, -1 where none does [b].
  let replacedBlocks: AlignedArray<Int32>
  /// How many samples count.
  var count = 0
  /// Why the micro-batch could not be read ahead, if so.
  var failure: DatasetError?

  /// Memory for `samples` samples of `shape`.
  init(samples: Int, shape: Shape) {
    images = AlignedArray(count: samples * shape.count)
    labels = AlignedArray(count: samples)
    identities = AlignedArray(count: samples)
    replacedBlocks = AlignedArray(count: samples)
    for slot in 0..<samples { unsafe replacedBlocks.unsafeElements[slot] = -1 }
  }
}
