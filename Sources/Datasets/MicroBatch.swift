public import Kernels
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
  private let otherElements: UnsafeBufferPointer<Int32>
  private let shareElements: UnsafeBufferPointer<Float>

  /// The micro-batch `index`, which lies in `memory`.
  internal init(index: Int, count: Int, in memory: MicroBatchMemory) {
    self.index = index
    self.count = count
    self.memory = memory
    unsafe imageElements = UnsafeBufferPointer(memory.images.unsafeElements)
    unsafe labelElements = UnsafeBufferPointer(memory.labels.unsafeElements)
    unsafe identityElements = UnsafeBufferPointer(memory.identities.unsafeElements)
    unsafe otherElements = UnsafeBufferPointer(memory.otherLabels.unsafeElements)
    unsafe shareElements = UnsafeBufferPointer(memory.shares.unsafeElements)
  }

  /// The normalized images [b, H, W, C].
  public var images: Span<Float> {
    @_lifetime(borrow self) get { unsafe imageElements.span }
  }

  /// The labels [b]; of a sample mixed of two, the one with the larger share.
  public var labels: Span<Int32> {
    @_lifetime(borrow self) get { unsafe labelElements.span }
  }

  /// The second labels of samples mixed of two, and the shares of the first; empty if none are.
  public var mixture: LabelMixture {
    @_lifetime(borrow self) get {
      unsafe LabelMixture(others: otherElements.span, shares: shareElements.span)
    }
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
  /// The second labels and the shares of the first, where samples are mixed; else empty.
  let otherLabels: AlignedArray<Int32>
  let shares: AlignedArray<Float>
  /// Why the micro-batch could not be read ahead, if so.
  var failure: DatasetError?

  /// Memory for `samples` samples of `elements` numbers, which are mixed or not.
  init(samples: Int, elements: Int, mixed: Bool) {
    images = AlignedArray(count: samples * elements)
    otherLabels = AlignedArray(count: mixed ? samples : 0)
    shares = AlignedArray(count: mixed ? samples : 0)
    labels = AlignedArray(count: samples)
    identities = AlignedArray(count: samples)
    replacedBlocks = AlignedArray(count: samples)
    for slot in 0..<samples { unsafe replacedBlocks.unsafeElements[slot] = -1 }
  }
}
