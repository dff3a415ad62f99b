public import Collectives
import Networks
import Storage

/// What `trainer bench reduce` was asked to measure: what a step costs besides its layers, beside
/// plain `MPI_Allreduce` of as many bytes.
public struct ReduceBenchmark: Sendable {
  /// The numbers of parameters to measure with.
  public var elements: [Int]
  /// The transports to measure, as plans say them.
  public var transports: [String]
  /// How long is measured.
  public var windows: Windows
  /// Whether to print one JSON object.
  public var json = false

  /// A measurement by size and transport.
  public init(elements: [Int], transports: [String], windows: Windows) {
    self.elements = elements
    self.transports = transports
    self.windows = windows
  }

  /// What was found.
  struct Report: Encodable {
    var benchmark = "reduce"
    var ranks = 0
    var rows: [Row] = []
  }

  /// One size and transport.
  struct Row: Encodable {
    let elements: Int
    /// What was asked for, and may not have been possible.
    let transport: String
    /// Seconds for reducing, updating and publishing.
    let seconds: Double
    /// Bytes of the gradient by that time, in 10⁹ a second.
    let gigabytesPerSecond: Double
    /// Seconds for `MPI_Allreduce` alone, in turn with the other.
    let allreduceSeconds: Double
    /// How many times as long `MPI_Allreduce` takes.
    let ratio: Double

    enum CodingKeys: String, CodingKey {
      case elements, transport, seconds, ratio
      case gigabytesPerSecond = "gigabytes_per_second"
      case allreduceSeconds = "allreduce_seconds"
    }

    /// The row for people.
    var line: String {
      "\(elements) elements, \(transport): \(fixed(seconds * 1e3, 3)) ms to reduce, update and "
        + "publish, \(fixed(gigabytesPerSecond, 2)) GB/s; MPI_Allreduce alone "
        + "\(fixed(allreduceSeconds * 1e3, 3)) ms, \(fixed(ratio, 2)) ×"
    }
  }

  /// Measures, on all ranks of `world` together; one of them prints.
  public func run(in world: World) throws {
    var report = Report(ranks: world.size)
    for count in elements {
      for transport in transports {
        report.rows.append(try measure(count, transport, in: world))
      }
    }
    let lines = json ? [try report.jsonLine()] : report.rows.map(\.line)
    for line in lines { Coordinator.say(line, in: world) }
  }

  private func measure(_ count: Int, _ transport: String, in world: World) throws -> Row {
    let choice = try world.together { try Self.choice(transport) }
    let reduction = try world.together { try BenchmarkedReduction.prepare(count) }
    var reducing = try BenchmarkedReduction(reduction, choice, in: world)
    // Zeros stay zeros, however often they are summed.
    var plain = AlignedArray<Float>(count: count)
    var (own, others): ([Double], [Double]) = ([], [])
    let single = Windows(count: 1, seconds: windows.seconds)
    for _ in 0..<windows.count {
      own += try single.measure(in: world) { try reducing.takeStep() }
      others += try single.measure(in: world) { try world.allReduceForComparison(&plain) }
    }
    try reducing.reducer.close()
    let seconds = median(own)
    return Row(
      elements: count, transport: reducing.reducer.transportInUse.rawValue, seconds: seconds,
      gigabytesPerSecond: Double(count * MemoryLayout<Float>.stride) / seconds / 1e9,
      allreduceSeconds: median(others), ratio: median(others) / seconds)
  }

  private static func choice(_ name: String) throws(BenchmarkError) -> TransportChoice {
    if let choice = TransportChoice(rawValue: name) { return choice }
    let names = TransportChoice.allCases.map(\.rawValue).joined(separator: ", ")
    throw BenchmarkError("there is no transport \(name); choose one of \(names)")
  }
}
