/// How an array is cut into consecutive runs, one a rank, in the form that MPI asks for.
public struct Runs: Sendable {
  /// Elements of each rank.
  public let counts: [Int32]
  /// Where each rank's elements start.
  public let displacements: [Int32]
  /// Elements of all ranks.
  public let total: Int

  /// Consecutive runs of `counts` elements, rank by rank.
  public init(_ counts: [Int]) {
    var displacements: [Int32] = []
    var total = 0
    for count in counts {
      displacements.append(Int32(total))
      total += count
      precondition(total <= Int(Int32.max), "MPI counts to 2^31 - 1 elements, not to \(total)")
    }
    self.counts = counts.map(Int32.init)
    self.displacements = displacements
    self.total = total
  }

  /// The elements of one rank.
  public subscript(rank: Int) -> Range<Int> {
    let start = Int(displacements[rank])
    return start..<start + Int(counts[rank])
  }
}
