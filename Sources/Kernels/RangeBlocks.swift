/// The numbers from 0 up to `count`, a block at a time; a lazy map would keep its closure on the heap.
struct RangeBlocks: Sequence, IteratorProtocol {
  let count: Int
  /// The length of every block but the last.
  let size: Int
  private var start = 0

  init(_ count: Int, size: Int) {
    self.count = count
    self.size = size
  }

  /// Positions, of which all channels take about 48 KB a block.
  ///
  /// With what they are made of, their gradients, and all of the next block, they fit into the second
  /// level of the cache. There are at least 96, and no small rest: weights are read for each block.
  init(positions: Int, channels: Int) {
    let blocks = Swift.max(1, Swift.min(positions * channels / (12 << 10), positions / 96))
    // Fours, so that few rows are left over by the product's register blocks.
    self.init(positions, size: ((positions + blocks - 1) / blocks + 3) / 4 * 4)
  }

  /// The first block.
  var first: Range<Int> { 0..<Swift.min(size, count) }

  /// The block that follows another; empty after the last.
  func following(_ block: Range<Int>) -> Range<Int> {
    block.upperBound..<Swift.min(block.upperBound + size, count)
  }

  mutating func next() -> Range<Int>? {
    if start >= count { return nil }
    defer { start += size }
    return start..<Swift.min(start + size, count)
  }
}
