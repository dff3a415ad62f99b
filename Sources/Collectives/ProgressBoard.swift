import CMPI
import Storage
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// How far every rank of a node is, in memory that they share: what a thread can look at that makes
/// no MPI call, while the rank itself is stuck in one.
///
/// Sendable because all of it is read and written as atomic words.
@safe public final class ProgressBoard: @unchecked Sendable {
  /// The ranks that it shows: those of this node, or this one alone where no memory is shared.
  public let ranks: Range<Int>
  /// This rank.
  public let rank: Int

  private let start: UnsafeMutableRawPointer
  private let window: MPI_Win?
  /// The memory where none is shared.
  private let own: AlignedArray<UInt64>

  /// A board of this process alone, which needs no MPI.
  public init(rank: Int = 0) {
    own = AlignedArray(count: 2 * wordsOfLine)
    unsafe start = UnsafeMutableRawPointer(own.unsafeElements.baseAddress!)
    unsafe window = nil
    self.rank = rank
    ranks = rank..<rank + 1
    beginWords()
  }

  /// A board of this node's ranks, made by all ranks of `world` together; throws `MPIError`.
  ///
  /// Where shared memory is full each rank has one of its own.
  public convenience init(in world: World) throws(MPIError) {
    // MPI fails on one rank alone where memory is short: all agree before it is asked for.
    if try world.minimum(SharedMemory.free) >= leastSharedMemory {
      try self.init(sharedIn: world)
    } else {
      self.init(rank: world.rank)
    }
  }

  private init(sharedIn world: World) throws(MPIError) {
    rank = world.rank
    own = AlignedArray(count: 0)
    var node = unsafe lockstep_comm_null()
    try check(
      unsafe MPI_Comm_split_type(
        world.communicator, Int32(MPI_COMM_TYPE_SHARED), Int32(world.rank), lockstep_info_null(),
        &node),
      "MPI_Comm_split_type")
    var rankOnNode: Int32 = 0
    try check(unsafe MPI_Comm_rank(node, &rankOnNode), "MPI_Comm_rank")
    let first = world.rank - Int(rankOnNode)
    ranks = first..<first + world.ranksOnNode
    // One line a rank, one for claims, and room for rounding up.
    let bytes = (ranks.count + 2) * cacheLine
    unsafe window = try makeWindow(
      bytes: rankOnNode == 0 ? bytes : 0, among: node)
    unsafe start = try startOfWindow(window)
    try check(unsafe MPI_Comm_free(&node), "MPI_Comm_free")
    beginWords()
    // Nobody reads before all have begun.
    try world.barrier()
  }

  /// How far a rank of the node is.
  public func mark(of rank: Int) -> ProgressMark {
    unsafe ProgressMark(word: word(rank, 0).pointee.load(ordering: .relaxed))
  }

  /// The process of a rank of the node.
  public func process(of rank: Int) -> Int32 {
    unsafe Int32(truncatingIfNeeded: word(rank, 1).pointee.load(ordering: .relaxed))
  }

  /// Whether this rank is the first of the node to report `finding`, any word but 0.
  public func claimReport(of finding: UInt64) -> Bool {
    unsafe claims(0).pointee.exchange(finding, ordering: .acquiringAndReleasing) != finding
  }

  /// Whether this rank is the one of the node that ends the run.
  public func claimEnd() -> Bool {
    unsafe claims(1).pointee.compareExchange(
      expected: 0, desired: 1, ordering: .acquiringAndReleasing
    ).exchanged
  }

  /// Whether a rank of the node ends the run.
  public var isEnded: Bool { unsafe claims(1).pointee.load(ordering: .acquiring) != 0 }

  /// Gives shared memory back; all ranks call it, and no thread looks at the board any more.
  ///
  /// Not done by `deinit`: giving back waits for all ranks, and one that fails must not wait.
  public func close() throws(MPIError) {
    guard unsafe window != nil else { return }
    var shared = unsafe window
    try check(unsafe MPI_Win_unlock_all(shared), "MPI_Win_unlock_all")
    try check(unsafe MPI_Win_free(&shared), "MPI_Win_free")
  }

  /// Where this rank writes how far it is.
  var ownMark: UnsafeMutablePointer<Atomic<UInt64>> { unsafe word(rank, 0) }

  private func beginWords() {
    unsafe word(rank, 0).pointee.store(0, ordering: .relaxed)
    unsafe word(rank, 1).pointee.store(UInt64(getpid()), ordering: .relaxed)
    if rank == ranks.lowerBound {
      for number in 0..<2 { unsafe claims(number).pointee.store(0, ordering: .relaxed) }
    }
  }

  private func word(_ rank: Int, _ number: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    precondition(ranks.contains(rank), "rank \(rank) is not one of \(ranks)")
    return unsafe wordOfLine(1 + rank - ranks.lowerBound, number)
  }

  private func claims(_ number: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    unsafe wordOfLine(0, number)
  }

  private func wordOfLine(_ line: Int, _ number: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    let words = unsafe start.assumingMemoryBound(to: Atomic<UInt64>.self)
    return unsafe words + line * wordsOfLine + number
  }
}

private let wordsOfLine = cacheLine / MemoryLayout<UInt64>.stride
/// Shared memory below which not even a few lines are asked for: 1 MB.
private let leastSharedMemory = 1 << 20
