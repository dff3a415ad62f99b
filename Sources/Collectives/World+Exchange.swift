import CMPI

// Every rank calls these together and gets the same answer. Integers are reduced by MPI, in any
// order; floating-point numbers are only moved.

extension World {
  /// The root's bytes, on every rank; what other ranks pass is ignored.
  public func broadcast(_ bytes: [UInt8]) throws(MPIError) -> [UInt8] {
    var count = Int64(bytes.count)
    try check(unsafe MPI_Bcast(&count, 1, lockstep_int64(), 0, communicator), "MPI_Bcast")
    precondition(count <= Int64(Int32.max), "a broadcast of \(count) bytes is over 2 GB")
    var result = bytes
    if result.count != Int(count) { result = [UInt8](repeating: 0, count: Int(count)) }
    try check(
      unsafe MPI_Bcast(&result, Int32(count), lockstep_byte(), 0, communicator), "MPI_Bcast")
    return result
  }

  /// The root's text, on every rank; what other ranks pass is ignored.
  public func broadcast(text: String?) throws(MPIError) -> String {
    String(decoding: try broadcast(Array((text ?? "").utf8)), as: UTF8.self)
  }

  /// Overwrites `values`, of equal count everywhere, with the root's.
  func broadcast(_ values: UnsafeMutableBufferPointer<Float>) throws(MPIError) {
    let count = Int32(values.count)
    try check(
      unsafe MPI_Bcast(values.baseAddress, count, lockstep_float(), 0, communicator), "MPI_Bcast")
  }

  /// The largest of all ranks' values.
  public func maximum(_ value: Int) throws(MPIError) -> Int {
    var result = Int64(value)
    try check(
      unsafe MPI_Allreduce(
        lockstep_in_place(), &result, 1, lockstep_int64(), lockstep_max(), communicator),
      "MPI_Allreduce")
    return Int(result)
  }

  /// The smallest of all ranks' values.
  public func minimum(_ value: Int) throws(MPIError) -> Int {
    var result = Int64(value)
    try check(
      unsafe MPI_Allreduce(
        lockstep_in_place(), &result, 1, lockstep_int64(), lockstep_min(), communicator),
      "MPI_Allreduce")
    return Int(result)
  }

  /// Replaces each count by its sum over all ranks; all ranks pass equally many.
  public func sum(_ counts: inout [Int64]) throws(MPIError) {
    let length = Int32(counts.count)
    try check(
      unsafe MPI_Allreduce(
        lockstep_in_place(), &counts, length, lockstep_int64(), lockstep_sum(), communicator),
      "MPI_Allreduce")
  }

  /// Completes `values` from all ranks: each has filled its own run, `runs[rank]`.
  public func allGather(_ values: inout [Double], _ runs: Runs) throws(MPIError) {
    precondition(values.count == runs.total, "\(values.count) values, runs of \(runs.total)")
    try check(
      unsafe MPI_Allgatherv(
        lockstep_in_place(), 0, lockstep_double(), &values, runs.counts, runs.displacements,
        lockstep_double(), communicator),
      "MPI_Allgatherv")
  }

  /// Completes `values` from all ranks: each has filled its own run, `runs[rank]`.
  public func allGather(_ values: inout [Int64], _ runs: Runs) throws(MPIError) {
    precondition(values.count == runs.total, "\(values.count) values, runs of \(runs.total)")
    try check(
      unsafe MPI_Allgatherv(
        lockstep_in_place(), 0, lockstep_int64(), &values, runs.counts, runs.displacements,
        lockstep_int64(), communicator),
      "MPI_Allgatherv")
  }

  /// The values of all ranks, rank after rank, on the root; nothing on others.
  ///
  /// This rank's are as many as its run, `runs[rank]`.
  public func gatherToRoot(_ values: [Int64], _ runs: Runs) throws(MPIError) -> [Int64] {
    precondition(values.count == runs[rank].count, "\(values.count) values, a run of \(runs[rank])")
    var all = [Int64](repeating: 0, count: isRoot ? runs.total : 0)
    try check(
      unsafe MPI_Gatherv(
        values, Int32(values.count), lockstep_int64(), &all, runs.counts, runs.displacements,
        lockstep_int64(), 0, communicator),
      "MPI_Gatherv")
    return all
  }

  /// The lowest rank whose text differs from the root's, or nil where all are the same.
  public func firstRankDiffering(on text: String) throws(MPIError) -> Int? {
    let same = try broadcast(text: text) == text
    let lowest = try minimum(same ? size : rank)
    return lowest == size ? nil : lowest
  }
}
