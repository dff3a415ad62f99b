import Collectives
import Journal
import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// This rank's timeline, and how those of all ranks become one trace.
struct RankTimeline {
  /// Where the trace goes.
  let path: String
  /// What this rank did.
  let timeline = Timeline()
  /// The moment that counts as 0, in nanoseconds of this rank's clock.
  private let origin: Int

  /// A timeline for the trace at `path`, on all ranks of `world` together.
  ///
  /// Ranks of the root's host share its clock; the others take the moment at which all have met.
  /// Throws, on all ranks, if nothing can be written there: a user should not learn that at the end.
  init(path: String, in world: World) throws {
    self.path = path
    _ = try world.fromRoot {
      try DurableFile.write("[]\n", to: path)
      return ""
    }
    try world.barrier()
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let now = time.tv_sec * 1_000_000_000 + time.tv_nsec
    let isNear = try world.broadcast(text: world.hostName) == world.hostName
    let root = Int(try world.broadcast(text: "\(now)")) ?? now
    origin = isNear ? root : now
  }

  /// Gathers what all ranks did, and lets the coordinator write it; all ranks call it together.
  func finish(in world: World, _ coordinator: Coordinator) throws {
    let (tracks, lost) = try gather(in: world)
    coordinator.keep(tracks, lost: lost, in: path)
  }

  /// The tracks of all ranks, on the root, and the most parts that a rank has lost.
  private func gather(in world: World) throws -> (tracks: [ChromeTrace.Track], lost: Int) {
    let parts = timeline.kept
    let counts = try world.gather(parts.count)
    let runs = Runs(counts.map { Self.words * $0 })
    let numbers = parts.flatMap { part in
      [part.begin - origin, part.end - origin, part.step, Int(part.phase.rawValue)].map(Int64.init)
    }
    let all = try world.gatherToRoot(numbers, runs)
    let hosts = try world.hostNames()
    let lost = try world.maximum(timeline.lost)
    guard world.isRoot else { return ([], lost) }
    let tracks = (0..<world.size).map { rank in
      let own = all[runs[rank]]
      let parts = stride(from: own.startIndex, to: own.endIndex, by: Self.words).map {
        Timeline.Part(
          step: Int(all[$0 + 2]), phase: Phase(rawValue: UInt8(all[$0 + 3])) ?? .preparing,
          begin: Int(all[$0]), end: Int(all[$0 + 1]))
      }
      return ChromeTrace.Track(rank: rank, host: hosts[rank], parts: parts)
    }
    return (tracks, lost)
  }

  /// Numbers of a part.
  private static let words = 4
}

extension World {
  /// One number of each rank, on all ranks.
  fileprivate func gather(_ value: Int) throws(MPIError) -> [Int] {
    var values = [Int64](repeating: 0, count: size)
    values[rank] = Int64(value)
    try allGather(&values, Runs([Int](repeating: 1, count: size)))
    return values.map { Int($0) }
  }
}
