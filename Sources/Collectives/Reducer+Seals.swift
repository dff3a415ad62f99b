import Kernels
import Storage

// Memory that changes by itself, or by the hand of another process, is found by its owner before it
// is built upon: what a rank writes into its slices it seals, and looks at the seal when it comes
// back. Both are done while the block is in the cache.

extension Reducer {
  /// Begins an update, after which blocks are sealed or not.
  public func beginUpdate(sealing: Bool) {
    checksSeals = seals.areValid
    seals.areValid = sealing
  }

  /// Compares a block of this rank's parameters and state with what it last wrote there.
  ///
  /// What is found comes to the knowledge of all ranks with the totals of the next step.
  public func checkSeal(_ block: Block) {
    guard checksSeals, seals.damage == nil else { return }
    let number = block.index - slices.blockRanges[world.rank].lowerBound
    for array in 0...layout.stateCount where digest(block, array) != seals[number, array] {
      if seals.damage == nil {
        seals.damage = MemoryDamage(rank: world.rank, block: block.index, array: array)
      }
    }
  }

  /// Remembers what this rank has written into a block of its parameters and state.
  public func seal(_ block: Block) {
    guard seals.areValid else { return }
    let number = block.index - slices.blockRanges[world.rank].lowerBound
    for array in 0...layout.stateCount { seals[number, array] = digest(block, array) }
  }

  /// Seals the whole of this rank's slices, as after a checkpoint was put there.
  public func sealAll() {
    seals.areValid = true
    for block in ownedBlocks { seal(block) }
  }

  /// Looks at all seals, and at the copies of parameters where ranks have copies; the first damage
  /// that any rank has found.
  ///
  /// All ranks call this together, with the same result. Throws `MPIError`.
  public func findDamage() throws(MPIError) -> MemoryDamage? {
    checksSeals = seals.areValid
    for block in ownedBlocks { checkSeal(block) }
    try compareCopies()
    let own = seals.damage.map { world.rank << 40 | $0.code } ?? 0
    let found = try progress.waiting { () throws(MPIError) in try world.maximum(own) }
    return MemoryDamage(code: found & (1 << 40 - 1), rank: found >> 40)
  }

  /// A digest of this rank's copy of all parameters; 0 where there is only one.
  ///
  /// Taken of what gradients were computed from, before `publish` puts the owners' values over it.
  var digestOfCopy: Double {
    guard transportInUse == .messages else { return 0 }
    var all: UInt64 = 0
    for block in layout.blocks {
      let copy = unsafe memory.parameters.extracting(block)
      all = (all << 7 | all >> 57) ^ (unsafe digestBlock(copy.span))
    }
    return Self.exact(all)
  }

  /// Compares this rank's copy of all parameters, block by block, with what their owners last wrote;
  /// does nothing where there is only one.
  private func compareCopies() throws(MPIError) {
    guard transportInUse == .messages, seals.areValid else { return }
    let mine = slices.blockRanges[world.rank]
    for block in mine { copyDigests[block] = Self.exact(seals[block - mine.lowerBound, 0]) }
    try progress.waiting { () throws(MPIError) in try transport.exchange(copyDigests) }
    for block in layout.blocks.indices where seals.damage == nil {
      let copy = unsafe memory.parameters.extracting(layout.blocks[block])
      let digest = unsafe digestBlock(copy.span)
      if Self.exact(digest) != copyDigests[block] {
        seals.damage = MemoryDamage(rank: world.rank, block: block, array: 0)
      }
    }
  }

  private func digest(_ block: Block, _ array: Int) -> UInt64 {
    let part =
      unsafe array == 0
      ? memory.parameters.extracting(block.range)
      : memory.states[array - 1].extracting(withinSlice(block))
    return unsafe digestBlock(part.span)
  }

  /// As much of a digest as a Double holds exactly.
  private static func exact(_ digest: UInt64) -> Double { Double(digest & (1 << 52 - 1)) }
}
