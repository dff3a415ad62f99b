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

  /// Positions, of which all channels take about 160 KB a block, so that every panel of a product
  /// finds them in the cache; and never a small rest, for which weights would be read once more.
  init(positions: Int, channels: Int) {
    let blocks = Swift.max(1, positions * channels / (32 << 10))
    // A multiple of all heights of the product's register blocks.
    self.init(positions, size: ((positions + blocks - 1) / blocks + 47) / 48 * 48)
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
