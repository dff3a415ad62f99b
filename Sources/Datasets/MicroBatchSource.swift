internal import Storage

/// Makes a rank's micro-batches: which samples, their pixels transformed and normalized, their
/// labels checked.
///
/// One thread at a time uses it.
internal final class MicroBatchSource {
  let microBatch: Int
  let order: any SampleOrder
  let store: SampleStore
  private let onDamaged: DamagePolicy
  private var hasher = SHA256Hasher()
  private let pipeline: ImagePipeline
  private let reader: SampleReader
  /// The size of each image before the transforms.
  private(set) var sizes: [Extent2D]
  /// The numbers of one image.
  private let imageElements: Int

  init(
    _ order: any SampleOrder, store: SampleStore, pipeline: ImagePipeline, microBatch: Int,
    onDamaged: DamagePolicy = .stop
  ) {
    precondition(microBatch > 0, "a micro-batch of \(microBatch) samples")
    self.order = order
    self.store = store
    self.microBatch = microBatch
    self.onDamaged = onDamaged
    self.pipeline = pipeline
    reader = SampleReader(store, readingWhole: pipeline.seesWholeImages)
    sizes = [Extent2D](repeating: store.shape.extent, count: microBatch)
    imageElements = pipeline.outputSize.count * store.shape.channels
  }

  /// Whether the block of a sample is what the index says.
  func isSound(_ identity: SampleIdentity) -> Bool {
    store.isSound(Int(identity.sample), &hasher)
  }

  /// Memory for one micro-batch.
  func makeMemory() -> MicroBatchMemory {
    MicroBatchMemory(samples: microBatch, elements: imageElements, mixed: pipeline.mixes)
  }

  /// Overwrites `memory` with the micro-batch `number` of the order.
  func read(_ number: Int, into memory: MicroBatchMemory) throws(DatasetError) {
    let elements = unsafe memory.identities.unsafeElements
    var identities = unsafe elements.mutableSpan
    memory.count = order.identify(number, into: &identities)
    if onDamaged == .skip {
      memory.count = try leaveOutDamaged(of: &identities, counting: memory.count, memory)
      // Nothing of it counts: what lies in memory will do.
      if memory.count == 0 { return }
    }
    let (store, reader) = (store, reader)
    let images = unsafe MemoryView(memory.images.unsafeElements)
    for slot in 0..<microBatch {
      let sample = Int(identities[slot].sample)
      guard isSound(identities[slot]) else { throw store.damage(at: sample) }
      unsafe memory.labels.unsafeElements[slot] = try store.checkedLabel(of: sample)
      var image = images.write(slot * imageElements..<(slot + 1) * imageElements)
      let pixels = try reader.pixels(of: sample)
      sizes[slot] = reader.size
      pipeline.run(pixels, size: reader.size, identities[slot], into: &image)
    }
    guard pipeline.mixes else { return }
    var all = images.write(0..<images.count)
    let share = pipeline.mix(&all, identities[0])
    memory.mixLabels(ownShare: share)
  }
}

extension MicroBatchMemory {
  /// Gives every sample the label of the one before it as its second one; the first is that with
  /// the larger share.
  fileprivate func mixLabels(ownShare share: Float) {
    let (own, others) = unsafe (labels.unsafeElements, otherLabels.unsafeElements)
    for slot in 0..<labels.count {
      unsafe others[slot] = own[slot == 0 ? labels.count - 1 : slot - 1]
      unsafe shares.unsafeElements[slot] = max(share, 1 - share)
    }
    guard share < 0.5 else { return }
    for slot in 0..<labels.count { unsafe swap(&own[slot], &others[slot]) }
  }
}
