internal import Kernels
internal import Storage

/// Makes a rank's micro-batches: which samples, their pixels normalized, their labels checked.
///
/// One thread at a time uses it.
internal final class MicroBatchSource {
  let microBatch: Int
  let order: any SampleOrder
  let store: SampleStore
  private let onDamaged: DamagePolicy
  private var hasher = SHA256Hasher()
  /// What each byte of each channel becomes [C, 256].
  private let table: AlignedArray<Float>

  init(
    _ order: any SampleOrder, store: SampleStore, normalization: Normalization, microBatch: Int,
    onDamaged: DamagePolicy = .stop
  ) {
    precondition(microBatch > 0, "a micro-batch of \(microBatch) samples")
    precondition(
      normalization.means.count == store.shape.channels,
      "\(normalization.means.count) means for images of \(store.shape)")
    self.order = order
    self.store = store
    self.microBatch = microBatch
    self.onDamaged = onDamaged
    var table = AlignedArray<Float>(count: 256 * store.shape.channels)
    var entries = table.mutableSpan
    fillNormalizationTable(
      means: normalization.means, deviations: normalization.deviations, into: &entries)
    self.table = table
  }

  /// Whether the block of a sample is what the index says.
  func isSound(_ identity: SampleIdentity) -> Bool {
    store.isSound(Int(identity.sample), &hasher)
  }

  /// Memory for one micro-batch.
  func makeMemory() -> MicroBatchMemory {
    MicroBatchMemory(samples: microBatch, shape: store.shape)
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
    let store = store
    let table = unsafe table.unsafeElements
    let size = store.shape.count
    let channels = store.shape.channels
    for slot in 0..<microBatch {
      let sample = Int(identities[slot].sample)
      guard isSound(identities[slot]) else { throw store.damage(at: sample) }
      unsafe memory.labels.unsafeElements[slot] = try store.checkedLabel(of: sample)
      let image = unsafe UnsafeMutableBufferPointer(
        rebasing: memory.images.unsafeElements[slot * size..<(slot + 1) * size])
      var output = unsafe image.mutableSpan
      normalizePixels(
        store.pixels(of: sample), table: unsafe table.span, channels: channels, into: &output)
    }
  }
}
