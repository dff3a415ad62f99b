/// A run of blocks whose gradients are merged, and travel, as soon as backward has finished them.
struct Bucket: Equatable {
  /// The numbers of its blocks.
  let blocks: Range<Int>
  /// Their elements in the flat arrays.
  let elements: Range<Int>

  /// The fewest elements that are worth a message: 256 KB.
  private static let smallest = 1 << 16
  /// About how many buckets a large network has: few enough to test all messages between layers.
  private static let many = 32

  /// All blocks in buckets, in the order in which backward finishes them: from the end.
  ///
  /// A bucket has `size` elements or a few more; by default as many as pay.
  static func plan(_ blocks: [Range<Int>], size: Int? = nil) -> [Bucket] {
    let size = size ?? max(smallest, (blocks.last?.upperBound ?? 0) / many)
    var buckets: [Bucket] = []
    var end = blocks.count
    for start in blocks.indices.reversed() {
      let elements = blocks[start].lowerBound..<blocks[end - 1].upperBound
      guard elements.count >= size || start == 0 else { continue }
      buckets.append(Bucket(blocks: start..<end, elements: elements))
      end = start
    }
    return buckets
  }
}
