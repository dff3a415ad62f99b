extension ReductionLayout {
  /// Bytes of gradients, parameters and optimizer state that each of so many ranks takes, where all
  /// of them share a machine: what exists once is shared evenly.
  public func bytesPerRank(ranks: Int) -> Int {
    let tree = ReductionTree(microBatches: microBatches, ranks: ranks)
    let slots = tree.shares.map(\.slotCount).max() ?? 0
    let array = count * MemoryLayout<Float>.stride
    return slots * array + (1 + stateCount) * array / ranks
  }
}
