import CMPI

/// The messages that take one rank's left-over sums to the owners of slices, bucket by bucket.
///
/// They are planned once, as persistent requests, and started anew in every step. Open MPI moves
/// them on only inside its own calls, so whoever computes meanwhile calls `progress` now and then.
@safe final class BucketMessages {
  private var requests: [MPI_Request?]
  private let receiveCount: Int
  /// For each bucket the requests that send it.
  private var sends: [Range<Int>] = []
  /// Requests that may be under way, from the first one on.
  private var started = 0

  /// Plans what `memory`, laid out for `parts`, sends and receives.
  init(_ parts: ReductionParts, _ memory: ReductionMemory, in world: World) throws(MPIError) {
    unsafe requests = []
    let slices = parts.slices.elementRanges
    let own = slices[world.rank]
    let buckets = parts.buckets
    func tag(_ number: Int, _ bucket: Int) -> Int32 { Int32(number * buckets.count + bucket) }
    for (index, bucket) in buckets.enumerated() {
      let range = bucket.elements.clamped(to: own)
      for (number, leftOver) in parts.tree.leftOvers.enumerated()
      where leftOver.rank != world.rank && !range.isEmpty {
        let place = range.lowerBound - own.lowerBound
        let into = unsafe memory.leftOvers[number].baseAddress.map { unsafe $0 + place }
        var request = unsafe lockstep_request_null()
        try check(
          unsafe MPI_Recv_init(
            into, Int32(range.count), lockstep_float(), Int32(leftOver.rank), tag(number, index),
            world.communicator, &request),
          "MPI_Recv_init")
        unsafe requests.append(request)
      }
    }
    receiveCount = unsafe requests.count
    for (index, bucket) in buckets.enumerated() {
      let first = unsafe requests.count
      for (number, leftOver) in parts.tree.leftOvers.enumerated()
      where leftOver.rank == world.rank {
        for (owner, slice) in slices.enumerated() where owner != world.rank {
          let range = bucket.elements.clamped(to: slice)
          if range.isEmpty { continue }
          let from = unsafe memory.slots[leftOver.slot].baseAddress.map {
            unsafe $0 + range.lowerBound
          }
          var request = unsafe lockstep_request_null()
          try check(
            unsafe MPI_Send_init(
              from, Int32(range.count), lockstep_float(), Int32(owner), tag(number, index),
              world.communicator, &request),
            "MPI_Send_init")
          unsafe requests.append(request)
        }
      }
      sends.append(unsafe first..<requests.count)
    }
  }

  /// Lets messages come in; nothing received last is read any more.
  func receive() throws(MPIError) { try start(0..<receiveCount) }

  /// Sends bucket `index`; buckets go in order.
  func send(_ index: Int) throws(MPIError) { try start(sends[index]) }

  private func start(_ range: Range<Int>) throws(MPIError) {
    precondition(range.lowerBound == started || range.isEmpty, "request \(range) is out of turn")
    started += range.count
    if range.isEmpty { return }
    try check(
      unsafe requests.withUnsafeMutableBufferPointer { requests in
        unsafe MPI_Startall(
          Int32(range.count), requests.baseAddress.map { unsafe $0 + range.lowerBound })
      }, "MPI_Startall")
  }

  /// Moves on what is under way.
  func progress() throws(MPIError) {
    if started == 0 { return }
    var done: Int32 = 0
    let count = Int32(started)
    try check(
      unsafe requests.withUnsafeMutableBufferPointer { requests in
        unsafe MPI_Testall(count, requests.baseAddress, &done, nil)
      }, "MPI_Testall")
  }

  /// Waits until all has come and gone.
  func finish() throws(MPIError) {
    let count = Int32(started)
    started = 0
    try check(
      unsafe requests.withUnsafeMutableBufferPointer { requests in
        unsafe MPI_Waitall(count, requests.baseAddress, nil)
      }, "MPI_Waitall")
  }

  /// Gives the requests back; none is under way.
  func close() throws(MPIError) {
    for index in unsafe requests.indices {
      try check(unsafe MPI_Request_free(&requests[index]), "MPI_Request_free")
    }
    unsafe requests.removeAll()
  }
}
