/// A run of blocks whose gradients are merged, and travel, as soon as backward has finished them.
struct Bucket: Equatable {
  /// The numbers of its blocks.
  let blocks: Range<Int>
  /// Their elements in the flat arrays.
  let elements: Range<Int>
  /// The element from which on backward must have finished all gradients but the last blocks'.
  let dueFrom: Int

  /// The fewest elements that are worth a message: 256 KB.
  private static let smallest = 1 << 16
  /// About how many buckets a large network has: few enough to test all messages between layers.
  private static let many = 32

  /// All blocks in buckets, in the order in which backward finishes them: from the end, but those
  /// from the number `late` on last, which are finished all over the network.
  ///
  /// A bucket has `size` elements or a few more; by default as many as pay.
  static func plan(_ blocks: [Range<Int>], late: Int, size: Int? = nil) -> [Bucket] {
    let size = size ?? max(smallest, (blocks.last?.upperBound ?? 0) / many)
    let early = plan(blocks, 0..<late, size: size).map { blocks, elements in
      Bucket(blocks: blocks, elements: elements, dueFrom: elements.lowerBound)
    }
    let others = plan(blocks, late..<blocks.count, size: size).map { blocks, elements in
      Bucket(blocks: blocks, elements: elements, dueFrom: 0)
    }
    return early + others
  }

  /// Runs of some of the blocks, the last first, and their elements.
  private static func plan(
    _ blocks: [Range<Int>], _ some: Range<Int>, size: Int
  ) -> [(blocks: Range<Int>, elements: Range<Int>)] {
    var runs: [(Range<Int>, Range<Int>)] = []
    var end = some.upperBound
    for start in some.reversed() {
      let elements = blocks[start].lowerBound..<blocks[end - 1].upperBound
      guard elements.count >= size || start == some.lowerBound else { continue }
      runs.append((start..<end, elements))
      end = start
    }
    return runs
  }
}
