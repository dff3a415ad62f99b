import Collectives
import Testing

@Suite struct SlicePartitionTests {
  private func blocks(_ counts: [Int]) -> [Range<Int>] {
    var end = 0
    return counts.map { count in
      end += count
      return end - count..<end
    }
  }

  @Test(arguments: 1...20)
  func `slices cover every block once, in order`(ranks: Int) {
    for counts in [[16], [4096, 16, 4096, 4096, 512], [Int](repeating: 4096, count: 100), []] {
      let blocks = blocks(counts)
      let slices = SlicePartition(blocks: blocks, ranks: ranks)
      #expect(slices.blockRanges.count == ranks)
      #expect(slices.blockRanges.flatMap { Array($0) } == Array(blocks.indices))
      for (owned, elements) in zip(slices.blockRanges, slices.elementRanges) {
        #expect(blocks[owned].reduce(0) { $0 + $1.count } == elements.count)
        if let first = owned.first { #expect(blocks[first].lowerBound == elements.lowerBound) }
      }
    }
  }

  @Test func `slices are within a block of an even share`() {
    let blocks = blocks((0..<300).map { 16 * (1 + $0 * 37 % 256) })
    let total = blocks.last!.upperBound
    for ranks in 1...17 {
      for slice in SlicePartition(blocks: blocks, ranks: ranks).elementRanges {
        #expect(abs(slice.count - total / ranks) <= 4096)
      }
    }
  }

  @Test func `runs are consecutive`() {
    let runs = Runs([3, 0, 2])
    #expect(runs.total == 5 && runs.displacements == [0, 3, 3])
    #expect(runs[0] == 0..<3 && runs[1].isEmpty && runs[2] == 3..<5)
  }
}
