import Collectives
import Storage

/// How long and how often something is measured.
public struct Windows: Sendable {
  /// How many windows; their median counts.
  public var count: Int
  /// About how long one lasts.
  public var seconds: Double

  /// So many windows of about so many seconds.
  public init(count: Int, seconds: Double) {
    self.count = count
    self.seconds = seconds
  }

  /// Seconds that one call of `body` takes, one number a window, on all ranks of `world` together.
  ///
  /// Every rank makes the same calls: ranks agree once how many fit a window, from the slowest
  /// rank's trial. A window begins and ends at a barrier.
  func measure(in world: World, _ body: () throws -> Void) throws -> [Double] {
    let trial = try time(2, in: world, body)
    let nanoseconds = try world.maximum(max(1, Int(trial * 1e9)))
    let calls = max(1, Int((seconds * 1e9 / Double(nanoseconds)).rounded(.up)))
    return try (0..<count).map { _ in try time(calls, in: world, body) }
  }

  /// Seconds that one of `calls` calls takes.
  private func time(_ calls: Int, in world: World, _ body: () throws -> Void) throws -> Double {
    try world.barrier()
    var lap = Lap()
    for _ in 0..<calls { try body() }
    try world.barrier()
    return lap.next().seconds / Double(calls)
  }
}

/// The middle of several numbers, or the mean of the two in the middle.
func median(_ values: [Double]) -> Double {
  precondition(!values.isEmpty, "the median of no numbers")
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

extension World {
  /// One number of each rank, on all ranks.
  func gather(_ value: Double) throws(MPIError) -> [Double] {
    var values = [Double](repeating: 0, count: size)
    values[rank] = value
    try allGather(&values, Runs([Int](repeating: 1, count: size)))
    return values
  }
}
