import CMPI

/// Ranks of one node over a shared-memory window: gradients are read where they were written,
/// parameters and state exist once, and publishing is a barrier.
@safe final class WindowTransport: Transport {
  let memory: ReductionMemory
  private let world: World
  private let barrier: WindowBarrier
  private let window: MPI_Win?
  private let states: [UnsafeMutableBufferPointer<Float>]
  private let boards: [SharedBoard]

  /// Makes the window; all ranks are on one node, and its size was found to fit.
  init(_ parts: ReductionParts, _ plan: WindowPlan, in world: World) throws(MPIError) {
    let count = parts.layout.count
    unsafe window = try makeWindow(
      bytes: world.isRoot ? plan.bytes : 0, among: world.communicator)
    let start = try unsafe startOfWindow(window)
    func floats(_ offset: Int, _ range: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
      let first = unsafe (start + offset).assumingMemoryBound(to: Float.self) + range.lowerBound
      return unsafe UnsafeMutableBufferPointer(start: first, count: range.count)
    }
    let slice = parts.slices.elementRanges[world.rank]
    unsafe memory = ReductionMemory(
      parameters: floats(plan.parameters, 0..<count),
      states: plan.states.map { unsafe floats($0, slice) },
      slots: plan.slots[world.rank].map { unsafe floats($0, 0..<count) },
      leftOvers: parts.tree.leftOvers.map { unsafe floats(plan.slots[$0.rank][$0.slot], slice) })
    unsafe states = plan.states.map { unsafe floats($0, 0..<count) }
    boards = zip(parts.boards, plan.boards).map { board, place in
      unsafe SharedBoard(
        board: board, even: (start + place.even).assumingMemoryBound(to: Double.self),
        odd: (start + place.odd).assumingMemoryBound(to: Double.self))
    }
    unsafe barrier = WindowBarrier(
      at: start + plan.barrier, size: world.size,
      looks: world.coresPerRank < 1 ? 0 : looksWithOwnCore)
    self.world = world
    // Each rank touches first what it will write, for memory banks' sake.
    unsafe memory.parameters.extracting(slice).update(repeating: 0)
    for number in plan.states.indices { unsafe memory.states[number].update(repeating: 0) }
    for number in plan.slots[world.rank].indices {
      unsafe memory.slots[number].update(repeating: 0)
    }
    // The first meeting is MPI's: it makes known that the memory of the others is in place.
    try world.barrier()
  }

  func beginGradients() {}

  func sendGradients(_ index: Int) {}

  func progress() {}

  func finishGradients() throws(MPIError) { try meet() }

  func exchange(_ board: Board) throws(MPIError) {
    guard let shared = boards.first(where: { $0.board === board }) else {
      preconditionFailure("a board that this transport was not made with")
    }
    let copy = unsafe shared.nextCopy()
    let own = board.runs[world.rank]
    let words = unsafe board.words
    for index in own { unsafe copy[index] = words[index] }
    try meet()
    for index in words.indices { unsafe words[index] = copy[index] }
  }

  func publish() throws(MPIError) { try meet() }

  func broadcastParameters() throws(MPIError) { try meet() }

  func sharedState(_ number: Int) -> UnsafeMutableBufferPointer<Float>? { unsafe states[number] }

  func gatherState(
    _ number: Int, into full: UnsafeMutableBufferPointer<Float>
  ) throws(MPIError) { try meet() }

  func scatterState(
    _ number: Int, from full: UnsafeMutableBufferPointer<Float>
  ) throws(MPIError) { try meet() }

  func close() throws(MPIError) {
    var own = unsafe window
    try check(unsafe MPI_Win_unlock_all(own), "MPI_Win_unlock_all")
    try check(unsafe MPI_Win_free(&own), "MPI_Win_free")
  }

  /// A barrier after which every rank sees what the others wrote before it.
  private func meet() throws(MPIError) {
    try check(unsafe MPI_Win_sync(window), "MPI_Win_sync")
    barrier.meet()
    try check(unsafe MPI_Win_sync(window), "MPI_Win_sync")
  }
}

/// Looks before sleep where each rank has its core: about a millisecond.
private let looksWithOwnCore = 30_000

/// A board's two copies in the window.
///
/// By turns: a rank may write the numbers of the next exchange while a late one still reads those
/// of the last; that it would read two exchanges later, the barrier between them rules out.
@safe private final class SharedBoard {
  let board: Board
  private let even: UnsafeMutablePointer<Double>
  private let odd: UnsafeMutablePointer<Double>
  private var exchanges = 0

  init(board: Board, even: UnsafeMutablePointer<Double>, odd: UnsafeMutablePointer<Double>) {
    self.board = board
    unsafe self.even = even
    unsafe self.odd = odd
  }

  func nextCopy() -> UnsafeMutablePointer<Double> {
    exchanges += 1
    return unsafe exchanges % 2 == 0 ? even : odd
  }
}
