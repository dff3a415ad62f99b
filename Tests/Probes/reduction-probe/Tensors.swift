import Collectives

/// A made-up network's parameters: awkward sizes, the last tensor a statistic.
struct Tensors {
  /// The elements of each tensor in the flat array, without padding.
  var ranges: [Range<Int>] = []
  /// The blocks that cover the array, padding included.
  var blocks: [Range<Int>] = []
  var countedBlocks: [Bool] = []
  /// The tensors as a backward pass finishes them: from the last learned one on, the statistic just
  /// before the first.
  let backwardOrder: [(range: Range<Int>, isStatistic: Bool)]

  init(large: Int) {
    let sizes = [1, 4096, 4097, 17, 10_007, 64, 3, 33] + (large > 0 ? [large] : []) + [40]
    var start = 0
    for (number, size) in sizes.enumerated() {
      ranges.append(start..<start + size)
      let end = start + (size + 15) / 16 * 16
      while start < end {
        blocks.append(start..<min(start + 4096, end))
        countedBlocks.append(number < sizes.count - 1)
        start = blocks.last!.upperBound
      }
    }
    let learned = ranges.dropLast().reversed().map { ($0, false) }
    backwardOrder = learned.dropLast() + [(ranges[ranges.count - 1], true)] + learned.suffix(1)
  }

  /// Slices whose boundaries all lie elsewhere than usual, still between blocks.
  func slices(ranks: Int, shift: Int) -> SlicePartition? {
    guard shift != 0 else { return nil }
    let cuts = (1..<ranks).map { min(blocks.count, max(0, blocks.count * $0 / ranks + shift)) }
    return SlicePartition(blocks: blocks, cuts: [0] + cuts + [blocks.count])
  }
}
