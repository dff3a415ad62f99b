extension World {
  /// The name of each rank's host.
  ///
  /// All ranks call this together. Throws `MPIError`.
  public func hostNames() throws(MPIError) -> [String] {
    let own = Array(hostName.utf8)
    var lengths = [Int64](repeating: 0, count: size)
    lengths[rank] = Int64(own.count)
    try sum(&lengths)
    let runs = Runs(lengths.map { Int($0) })
    var bytes = [Int64](repeating: 0, count: runs.total)
    for (place, byte) in zip(runs[rank], own) { bytes[place] = Int64(byte) }
    try allGather(&bytes, runs)
    return (0..<size).map { rank in
      String(decoding: bytes[runs[rank]].map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
    }
  }
}
