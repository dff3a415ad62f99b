/// Where everything lies in a node's shared window, in bytes from its start.
///
/// Known before the window is asked for, and the same on all ranks. Every region starts on a page,
/// so that a rank that writes its own first has it in its own memory bank.
struct WindowPlan {
  /// All parameters.
  let parameters: Int
  /// The optimizer's state arrays.
  let states: [Int]
  /// The gradient buffers of each rank.
  let slots: [[Int]]
  /// Two copies of each board, used by turns.
  let boards: [(even: Int, odd: Int)]
  /// Where ranks meet.
  let barrier: Int
  /// The size of the window.
  let bytes: Int

  init(_ parts: ReductionParts) {
    var next = 0
    func take(_ bytes: Int) -> Int {
      defer { next += (bytes + 4095) / 4096 * 4096 }
      return next
    }
    let array = parts.layout.count * MemoryLayout<Float>.stride
    parameters = take(array)
    states = (0..<parts.layout.stateCount).map { _ in take(array) }
    slots = parts.tree.shares.map { share in (0..<share.slotCount).map { _ in take(array) } }
    boards = parts.boards.map { board in
      let bytes = board.runs.total * MemoryLayout<Double>.stride
      return (even: take(bytes), odd: take(bytes))
    }
    barrier = take(WindowBarrier.bytes)
    // Open MPI's pointers come back at 8 mod 64; the room is for rounding them up.
    self.bytes = next + 64
  }

  /// Bytes of shared memory that the window and the ranks of its node take.
  ///
  /// Open MPI's own transport fills up to 4 MB a rank in the same folder as it goes.
  func needed(ranksOnNode: Int) -> Int { bytes + ranksOnNode * (4 << 20) }

  /// What is said where `capacity` bytes of shared memory are too few for this window, else nil.
  func complaint(capacity: Int, ranksOnNode: Int) -> String? {
    let needed = needed(ranksOnNode: ranksOnNode)
    if capacity >= needed { return nil }
    return "shared memory has \(capacity >> 20) MB free and \((needed >> 20) + 1) MB are needed: "
      + "using messages, with the same result; enlarge \(SharedMemory.folder) to be faster"
  }
}
