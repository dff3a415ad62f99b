import CMPI
import Storage

extension World {
  /// The part of a core that each rank of this node has, where all of them compute: at most 1.
  public var coresPerRank: Double {
    min(1, Double(Cores.online) / Double(ranksOnNode))
  }

  /// The cores that the ranks of a node share; 1 where this rank is bound to one.
  ///
  /// All ranks call this together. Throws `MPIError`.
  public func coresToShare() throws(MPIError) -> Int {
    let usable = try usableCores()
    let own = LaunchEnvironment.usableCores(words: Self.words)
    return own.reduce(0) { $0 + $1.nonzeroBitCount } == 1 ? 1 : usable
  }

  /// One line if the ranks of a node leave cores idle that they could use, else nil.
  ///
  /// Open MPI may bind several ranks to one core. All ranks call this together. Throws `MPIError`.
  public func complaintAboutCores() throws(MPIError) -> String? {
    let usable = try usableCores()
    let online = Cores.online
    guard usable < min(ranksOnNode, online) else { return nil }
    return "\(ranksOnNode) ranks share \(usable) of \(online) cores; if that is not meant, source "
      + "launch/env before mpirun, or give it --bind-to none"
  }

  /// The cores that any of a node's ranks may run on.
  private func usableCores() throws(MPIError) -> Int {
    var union = LaunchEnvironment.usableCores(words: Self.words)
    // Nodes are alike: what is bound on all of them together is what is bound on each.
    try check(
      unsafe MPI_Allreduce(
        lockstep_in_place(), &union, Int32(Self.words), lockstep_int64(), lockstep_bitwise_or(),
        communicator),
      "MPI_Allreduce")
    return union.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// Words of 64 cores each.
  private static let words = 16
}
