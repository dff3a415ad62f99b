/// A block that holds something else than what its owner wrote.
public struct MemoryDamage: Hashable, Sendable {
  /// The rank in whose memory it lies.
  public let rank: Int
  /// The number of the block.
  public let block: Int
  /// 0 for the parameters, else 1 and the number of the state array.
  public let array: Int

  init(rank: Int, block: Int, array: Int) {
    (self.rank, self.block, self.array) = (rank, block, array)
  }

  /// The damage as a whole number that a Double holds exactly, never 0.
  var code: Int { 1 + block * Self.arrays + array }

  /// What a code says; nil for 0.
  init?(code: Int, rank: Int) {
    if code == 0 { return nil }
    let (block, array) = (code - 1).quotientAndRemainder(dividingBy: Self.arrays)
    self.init(rank: rank, block: block, array: array)
  }

  /// More arrays than any optimizer has.
  private static let arrays = 16
}
