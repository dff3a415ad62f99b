/// The numbers from 0 up to `count`, a block at a time; a lazy map would keep its closure on the heap.
struct RangeBlocks: Sequence, IteratorProtocol {
  let count: Int
  /// The length of every block but the last.
  let size: Int
  private var first = 0

  init(_ count: Int, size: Int) {
    self.count = count
    self.size = size
  }

  /// Positions, of which all channels take about 128 KB a block, so that every panel of a product
  /// finds them in the cache.
  init(positions: Int, channels: Int) {
    // A multiple of all heights of the product's register blocks.
    self.init(positions, size: Swift.max(48, (32 << 10) / channels / 48 * 48))
  }

  /// The block that follows another; empty after the last.
  func following(_ block: Range<Int>) -> Range<Int> {
    block.upperBound..<Swift.min(block.upperBound + size, count)
  }

  mutating func next() -> Range<Int>? {
    if first >= count { return nil }
    defer { first += size }
    return first..<Swift.min(first + size, count)
  }
}
