import Collectives
import Storage
import Testing

/// Sums leaves as `tree` says: each rank streams its share, then left-overs are merged.
///
/// Buffers are overwritten by leaves, as backward does, so a wrong slot shows in the result.
private func sum<Value>(
  _ leaves: [Value], _ tree: ReductionTree, adding: (Value, Value) -> Value
) -> Value {
  var leftOvers: [Value] = []
  for (rank, share) in tree.shares.enumerated() {
    var slots = [Value?](repeating: nil, count: share.slotCount)
    var merged = 0
    func merge(upTo end: Int) {
      for merge in share.merges[merged..<end] {
        slots[merge.destination] = adding(slots[merge.destination]!, slots[merge.source]!)
      }
      merged = end
    }
    for (position, microBatch) in share.microBatches.enumerated() {
      merge(upTo: share.mergesBefore[position])
      slots[share.slots[position]] = leaves[microBatch]
    }
    merge(upTo: share.merges.count)
    leftOvers += tree.leftOvers.filter { $0.rank == rank }.map { slots[$0.slot]! }
  }
  for merge in tree.finishingMerges {
    leftOvers[merge.destination] = adding(leftOvers[merge.destination], leftOvers[merge.source])
  }
  return leftOvers[0]
}

/// The tree's definition, by recursion: node (height, index) over `count` leaves.
private func definition(_ height: Int, _ index: Int, of count: Int) -> String {
  if height == 0 { return "\(index)" }
  let left = definition(height - 1, 2 * index, of: count)
  if (2 * index + 1) << (height - 1) >= count { return left }
  return "(\(left)+\(definition(height - 1, 2 * index + 1, of: count)))"
}

private func height(of count: Int) -> Int {
  (0...).first { 1 << $0 >= count }!
}

/// All R ≤ M ≤ 16, and some larger ones.
private let cases: [(microBatches: Int, ranks: Int)] =
  (1...16).flatMap { m in (1...m).map { (m, $0) } }
  + [33, 64, 100].flatMap { m in [1, 2, 3, 5, 7, 8, 31, m - 1, m].map { (m, $0) } }

@Suite struct ReductionTreeTests {
  @Test func `the same tree for every number of ranks`() {
    for (microBatches, ranks) in cases {
      let tree = ReductionTree(microBatches: microBatches, ranks: ranks)
      let text = sum((0..<microBatches).map(String.init), tree) { "(\($0)+\($1))" }
      #expect(
        text == definition(height(of: microBatches), 0, of: microBatches),
        "M = \(microBatches), R = \(ranks)")
    }
  }

  @Test func `the same bits for every number of ranks`() {
    for (microBatches, ranks) in cases {
      let random = RandomStream(seed: 3, purpose: .synthesis, sample: UInt32(microBatches))
      for trial in 0..<20 {
        let leaves = (0..<microBatches).map { leaf in
          let words = random.words(trial * microBatches + leaf)
          return (unitInterval(words.x) - 0.5)
            * Float(sign: .plus, exponent: Int(words.y % 30), significand: 1)
        }
        let one = sum(leaves, ReductionTree(microBatches: microBatches, ranks: 1), adding: +)
        let many = sum(leaves, ReductionTree(microBatches: microBatches, ranks: ranks), adding: +)
        #expect(one.bitPattern == many.bitPattern, "M = \(microBatches), R = \(ranks)")
      }
    }
  }

  @Test func `shares are contiguous, cover all micro-batches and differ by one at most`() {
    for (microBatches, ranks) in cases {
      let shares = ReductionTree(microBatches: microBatches, ranks: ranks).shares
      #expect(shares.flatMap { Array($0.microBatches) } == Array(0..<microBatches))
      let counts = shares.map(\.microBatches.count)
      #expect(counts.max()! - counts.min()! <= 1 && counts.min()! >= 1)
    }
  }

  @Test(arguments: [(8, 4), (16, 5), (64, 7)])
  func `few buffers are enough`(microBatches: Int, most: Int) {
    let needed = (1...microBatches).flatMap {
      ReductionTree(microBatches: microBatches, ranks: $0).shares.map(\.slotCount)
    }
    #expect(needed.max() == most)
  }

  @Test func `of 8 micro-batches, ranks 3 to 5 leave node 3 and node 4–5`() {
    let tree = ReductionTree(microBatches: 8, ranks: 3)
    #expect(tree.shares[1].microBatches == 2..<5)
    #expect(
      tree.leftOvers.filter { $0.rank == 1 }.map { "\($0.node.height) \($0.node.index)" }
        == ["1 1", "0 4"])
  }
}
