import CMPI
import Storage

/// Ranks with private memories: slices go to their owners in buckets, while backward still computes
/// the next ones, and numbers and parameters come back by `MPI_Allgatherv`.
@safe final class MessageTransport: Transport {
  let memory: ReductionMemory
  private let world: World
  private let storage: AlignedArray<Float>
  private let slices: Runs
  private let messages: BucketMessages

  /// Allocates this rank's memory and plans who sends what.
  init(_ parts: ReductionParts, in world: World) throws(MPIError) {
    let (layout, rank) = (parts.layout, world.rank)
    let slice = parts.slices.elementRanges[rank]
    let slotCount = parts.tree.shares[rank].slotCount
    let received = parts.tree.leftOvers.count { $0.rank != rank }
    storage = AlignedArray(
      count: (1 + slotCount) * layout.count + (layout.stateCount + received) * slice.count)
    var next = 0
    let all = unsafe storage.unsafeElements
    func take(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
      defer { next += count }
      return all.extracting(next..<next + count)
    }
    let slots = unsafe (0..<slotCount).map { _ in unsafe take(layout.count) }
    unsafe memory = ReductionMemory(
      parameters: take(layout.count),
      states: (0..<layout.stateCount).map { _ in unsafe take(slice.count) },
      slots: slots,
      // This rank's own are finished where they were summed.
      leftOvers: parts.tree.leftOvers.map {
        unsafe $0.rank == rank ? slots[$0.slot].extracting(slice) : take(slice.count)
      })
    slices = Runs(parts.slices.elementRanges.map(\.count))
    messages = try BucketMessages(parts, memory, in: world)
    self.world = world
  }

  func beginGradients() throws(MPIError) { try messages.receive() }

  func sendGradients(_ index: Int) throws(MPIError) { try messages.send(index) }

  func progress() throws(MPIError) { try messages.progress() }

  func finishGradients() throws(MPIError) { try messages.finish() }

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

  func close() throws(MPIError) { try messages.close() }
}
