/// Which rank owns which part of the flat parameter array: slices cut only between blocks.
///
/// A rank may own nothing where there are more ranks than blocks.
public struct SlicePartition: Sendable {
  /// Each rank's blocks.
  public let blockRanges: [Range<Int>]
  /// Each rank's elements.
  public let elementRanges: [Range<Int>]

  /// Cuts `blocks`, which cover the array in order, between blocks so that ranks own nearly equally
  /// many elements.
  public init(blocks: [Range<Int>], ranks: Int) {
    let total = blocks.last?.upperBound ?? 0
    var cuts = [0]
    var next = 0
    for rank in 1..<ranks + 1 {
      // The cut goes to the border nearest to an even share.
      let even = total * rank / ranks
      while next < blocks.count,
        abs(blocks[next].upperBound - even) <= abs(blocks[next].lowerBound - even)
      {
        next += 1
      }
      cuts.append(rank == ranks ? blocks.count : next)
    }
    self.init(blocks: blocks, cuts: cuts)
  }

  /// Gives rank r the blocks cuts[r] ..< cuts[r + 1]; `cuts` ascends from 0 to the number of blocks.
  public init(blocks: [Range<Int>], cuts: [Int]) {
    precondition(
      cuts.first == 0 && cuts.last == blocks.count && zip(cuts, cuts.dropFirst()).allSatisfy(<=),
      "cuts \(cuts) do not divide \(blocks.count) blocks")
    let total = blocks.last?.upperBound ?? 0
    let starts = blocks.map(\.lowerBound) + [total]
    blockRanges = zip(cuts, cuts.dropFirst()).map { $0..<$1 }
    elementRanges = blockRanges.map { starts[$0.lowerBound]..<starts[$0.upperBound] }
  }
}
