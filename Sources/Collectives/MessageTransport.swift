import CMPI
import Storage

/// Ranks with private memories: slices go to their owners by `MPI_Alltoallv`, and numbers and
/// parameters come back by `MPI_Allgatherv`.
@safe final class MessageTransport: Transport {
  let memory: ReductionMemory
  private let world: World
  private let storage: AlignedArray<Float>
  private let slices: Runs
  private let rounds: [Round]

  /// Allocates this rank's memory and plans who sends what.
  init(_ parts: ReductionParts, in world: World) {
    let (layout, rank) = (parts.layout, world.rank)
    let slice = parts.slices.elementRanges[rank]
    let slotCount = parts.tree.shares[rank].slotCount
    let arrays = (1 + slotCount) * layout.count
    storage = AlignedArray(
      count: arrays + (layout.stateCount + parts.tree.leftOvers.count) * slice.count)
    var next = 0
    let all = unsafe storage.unsafeElements
    func take(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
      defer { next += count }
      return all.extracting(next..<next + count)
    }
    unsafe memory = ReductionMemory(
      parameters: take(layout.count),
      states: (0..<layout.stateCount).map { _ in unsafe take(slice.count) },
      slots: (0..<slotCount).map { _ in unsafe take(layout.count) },
      leftOvers: parts.tree.leftOvers.map { _ in unsafe take(slice.count) })
    slices = Runs(parts.slices.elementRanges.map(\.count))
    rounds = Round.plan(parts, rank: rank)
    self.world = world
  }

  func exchangeGradients() throws(MPIError) {
    guard let received = unsafe memory.leftOvers.first?.baseAddress else { return }
    for round in rounds {
      let sent = unsafe memory.slots[round.slot].baseAddress
      try check(
        unsafe MPI_Alltoallv(
          sent, round.sendCounts, slices.displacements, lockstep_float(), received,
          round.receiveCounts, round.receiveDisplacements, lockstep_float(), world.communicator),
        "MPI_Alltoallv")
    }
  }

  func exchange(_ board: Board) throws(MPIError) {
    try check(
      unsafe MPI_Allgatherv(
        lockstep_in_place(), 0, lockstep_double(), board.words.baseAddress, board.runs.counts,
        board.runs.displacements, lockstep_double(), world.communicator),
      "MPI_Allgatherv")
  }

  func publish() throws(MPIError) {
    try check(
      unsafe MPI_Allgatherv(
        lockstep_in_place(), 0, lockstep_float(), memory.parameters.baseAddress, slices.counts,
        slices.displacements, lockstep_float(), world.communicator),
      "MPI_Allgatherv")
  }

  func broadcastParameters() throws(MPIError) {
    let count = Int32(unsafe memory.parameters.count)
    try check(
      unsafe MPI_Bcast(
        memory.parameters.baseAddress, count, lockstep_float(), 0, world.communicator),
      "MPI_Bcast")
  }

  func sharedState(_ number: Int) -> UnsafeMutableBufferPointer<Float>? { nil }

  func gatherState(
    _ number: Int, into full: UnsafeMutableBufferPointer<Float>
  ) throws(MPIError) {
    let own = unsafe memory.states[number]
    try check(
      unsafe MPI_Gatherv(
        own.baseAddress, Int32(own.count), lockstep_float(), full.baseAddress, slices.counts,
        slices.displacements, lockstep_float(), 0, world.communicator),
      "MPI_Gatherv")
  }

  func scatterState(
    _ number: Int, from full: UnsafeMutableBufferPointer<Float>
  ) throws(MPIError) {
    let own = unsafe memory.states[number]
    try check(
      unsafe MPI_Scatterv(
        full.baseAddress, slices.counts, slices.displacements, lockstep_float(), own.baseAddress,
        Int32(own.count), lockstep_float(), 0, world.communicator),
      "MPI_Scatterv")
  }

  func close() {}
}

/// One `MPI_Alltoallv`: every rank sends one of its left-over sums, cut into slices, straight from
/// the buffer in which it was summed; ranks that have fewer send nothing in the last rounds.
private struct Round {
  /// The buffer of this rank that is sent; any, where it sends nothing.
  let slot: Int
  let sendCounts: [Int32]
  let receiveCounts: [Int32]
  let receiveDisplacements: [Int32]

  /// The rounds of a rank: in round i, each rank's i-th left-over sum.
  static func plan(_ parts: ReductionParts, rank: Int) -> [Round] {
    let (tree, slices) = (parts.tree, parts.slices.elementRanges)
    // Numbers of left-overs, rank by rank: received ones lie in this order, a slice each.
    let numbers = slices.indices.map { other in
      tree.leftOvers.indices.filter { tree.leftOvers[$0].rank == other }
    }
    precondition(
      tree.leftOvers.count * slices[rank].count <= Int(Int32.max),
      "\(tree.leftOvers.count) slices of \(slices[rank].count) exceed MPI's 2^31 - 1 elements")
    return (0..<(numbers.map(\.count).max() ?? 0)).map { round in
      let sends = round < numbers[rank].count
      return Round(
        slot: sends ? tree.leftOvers[numbers[rank][round]].slot : 0,
        sendCounts: slices.map { sends ? Int32($0.count) : 0 },
        receiveCounts: numbers.map { round < $0.count ? Int32(slices[rank].count) : 0 },
        receiveDisplacements: numbers.map {
          round < $0.count ? Int32($0[round] * slices[rank].count) : 0
        })
    }
  }
}
