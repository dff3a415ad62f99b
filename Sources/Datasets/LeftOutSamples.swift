internal import Storage

/// How many of each block's samples this rank has left out of training, because it is damaged.
internal final class LeftOutSamples {
  /// By the block's number in the split.
  private(set) var counts: [Int64]

  init(_ counts: [Int64]) { self.counts = counts }

  /// Takes note of a micro-batch that is being trained on; allocates nothing.
  func count(_ memory: MicroBatchMemory) {
    for slot in 0..<memory.replacedBlocks.count {
      let block = unsafe memory.replacedBlocks.unsafeElements[slot]
      if block >= 0 { counts[Int(block)] += 1 }
    }
  }
}

extension MicroBatchSource {
  /// How often another sample is tried in place of one that is damaged.
  private static let attempts = 1000

  /// Puts sound samples in the places of damaged ones, or takes these out; returns how many count.
  ///
  /// Which samples stand in depends on seed, epoch, sample and on what is damaged, and not on when
  /// or by whom that was found: the result is the same for any number of ranks. Allocates nothing.
  func leaveOutDamaged(
    of identities: inout MutableSpan<SampleIdentity>, counting: Int, _ memory: MicroBatchMemory
  ) throws(DatasetError) -> Int {
    var kept = 0
    for slot in 0..<counting {
      unsafe memory.replacedBlocks.unsafeElements[slot] = -1
      let identity = identities[slot]
      if isSound(identity) {
        identities[kept] = identity
        kept += 1
      } else if order.hasSubstitutes {
        unsafe memory.replacedBlocks.unsafeElements[slot] = Int32(
          store.blockNumber(of: Int(identity.sample)))
        identities[kept] = try substitute(for: identity)
        kept += 1
      }
    }
    // The rest does not count, and still must be something.
    for slot in kept..<max(kept, identities.count) where kept > 0 {
      identities[slot] = identities[0]
    }
    return kept
  }

  /// The first sound one of the samples that may stand in for a damaged one.
  private func substitute(for identity: SampleIdentity) throws(DatasetError) -> SampleIdentity {
    for attempt in 0..<Self.attempts {
      let other = order.substitute(for: identity, attempt: attempt)
      if isSound(other) { return other }
    }
    throw store.damage(at: Int(identity.sample))
  }
}
