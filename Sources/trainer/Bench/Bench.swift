import ArgumentParser
import Training

/// `trainer bench`: how fast it is.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures speed; to be started under mpirun as training is.",
    subcommands: [BenchStep.self, BenchLayer.self, BenchReduce.self, BenchInput.self])
}

/// What every measurement can be told.
struct BenchOptions: ParsableArguments {
  @Option(help: "How many windows are measured; the median counts.")
  var windows = 7

  @Option(help: "About how long a window lasts (default: 1.2; for layers 0.1).")
  var windowSeconds: Double?

  @Flag(help: "Print one JSON object.")
  var json = false

  /// What is measured.
  func measured(windowSeconds standard: Double = 1.2) -> Windows {
    Windows(count: windows, seconds: windowSeconds ?? standard)
  }

  /// Refuses windows that measure nothing.
  func validate() throws {
    if windows < 1 { throw ValidationError("--windows must be at least 1") }
    if let windowSeconds, !(windowSeconds > 0 && windowSeconds <= 3600) {
      throw ValidationError("--window-seconds must be above 0 and at most 3600")
    }
  }
}
