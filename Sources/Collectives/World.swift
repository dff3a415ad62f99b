import CMPI

#if canImport(Glibc)
  import Glibc
#endif

/// All ranks of a run, numbered so that those of one node are neighbours.
///
/// One world exists a process, made at the start and finalized at the end. All calls come from the
/// thread that made it. Without mpirun it is a world of one rank.
@safe public final class World {
  /// This process's number, from 0; rank 0 is the root of every collective call.
  public let rank: Int
  /// The number of ranks.
  public let size: Int
  /// The number of ranks on this rank's node.
  public let ranksOnNode: Int
  /// The number of nodes.
  public let nodeCount: Int
  /// The name of this rank's host.
  public let hostName: String

  let communicator: MPI_Comm?

  /// Whether this rank is the one from which collective calls hand out, and to which they collect.
  public var isRoot: Bool { rank == 0 }

  /// Starts MPI and agrees on the numbering.
  ///
  /// Throws `MPIError` where a call fails. `mpirun` may map ranks to nodes as it likes: they are
  /// renumbered by (lowest rank of the node, rank).
  public init() throws(MPIError) {
    LaunchEnvironment.complete()
    var provided: Int32 = 0
    try check(
      unsafe MPI_Init_thread(nil, nil, Int32(MPI_THREAD_FUNNELED), &provided), "MPI_Init_thread")
    let all = unsafe lockstep_comm_world()
    let errorsReturn = unsafe lockstep_errors_return()
    try check(
      unsafe MPI_Comm_set_errhandler(all, errorsReturn), "MPI_Comm_set_errhandler")
    var allRank: Int32 = 0
    var allSize: Int32 = 0
    try check(unsafe MPI_Comm_rank(all, &allRank), "MPI_Comm_rank")
    try check(unsafe MPI_Comm_size(all, &allSize), "MPI_Comm_size")

    var node = unsafe lockstep_comm_null()
    try check(
      unsafe MPI_Comm_split_type(
        all, Int32(MPI_COMM_TYPE_SHARED), allRank, lockstep_info_null(), &node),
      "MPI_Comm_split_type")
    var onNode: Int32 = 0
    try check(unsafe MPI_Comm_size(node, &onNode), "MPI_Comm_size")
    var leader = allRank
    try check(unsafe MPI_Bcast(&leader, 1, lockstep_int32(), 0, node), "MPI_Bcast")
    try check(unsafe MPI_Comm_free(&node), "MPI_Comm_free")

    var ordered = unsafe lockstep_comm_null()
    let key = leader * allSize + allRank
    try check(unsafe MPI_Comm_split(all, 0, key, &ordered), "MPI_Comm_split")
    try check(
      unsafe MPI_Comm_set_errhandler(ordered, errorsReturn), "MPI_Comm_set_errhandler")
    var ownRank: Int32 = 0
    try check(unsafe MPI_Comm_rank(ordered, &ownRank), "MPI_Comm_rank")
    var leaders: Int32 = leader == allRank ? 1 : 0
    try check(
      unsafe MPI_Allreduce(
        lockstep_in_place(), &leaders, 1, lockstep_int32(), lockstep_sum(), ordered),
      "MPI_Allreduce")

    unsafe communicator = ordered
    rank = Int(ownRank)
    size = Int(allSize)
    ranksOnNode = Int(onNode)
    nodeCount = Int(leaders)
    hostName = nameOfHost()
  }

  /// Waits until every rank has come here.
  public func barrier() throws(MPIError) {
    try check(unsafe MPI_Barrier(communicator), "MPI_Barrier")
  }

  /// Ends MPI; every rank calls it last.
  public func finalize() throws(MPIError) {
    var own = unsafe communicator
    try check(unsafe MPI_Comm_free(&own), "MPI_Comm_free")
    try check(MPI_Finalize(), "MPI_Finalize")
  }

  /// Ends every rank's process at once, with exit status `code`.
  ///
  /// A rank that fails calls it after its message, so that no other is left waiting.
  public func abort(_ code: Int32) -> Never {
    unsafe MPI_Abort(lockstep_comm_world(), code)
    exit(code)
  }

  /// The rank that the launcher gave this process, known before MPI starts; 0 without a launcher.
  ///
  /// For messages about usage, which one rank prints for all. Open MPI, PMIx or Slurm says it.
  public static var rankBeforeStart: Int { launchedRank ?? 0 }

  /// Whether a launcher started this process as one of a job.
  public static var isLaunched: Bool { launchedRank != nil }

  private static var launchedRank: Int? {
    for name in ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID"] {
      guard let text = unsafe getenv(name) else { continue }
      if let rank = unsafe Int(String(cString: text)) { return rank }
    }
    return nil
  }
}

private func nameOfHost() -> String {
  var name = [CChar](repeating: 0, count: 256)
  unsafe gethostname(&name, name.count - 1)
  let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  return String(decoding: bytes, as: UTF8.self)
}
