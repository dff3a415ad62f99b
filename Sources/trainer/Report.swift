import ArgumentParser
import Reports

/// `trainer report`: what runs came to.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes one HTML page about a run, or several side by side; or their figures as CSV.",
    discussion: """
      The page needs nothing else: no network, no other file. It reads the run folders only, at any \
      time, also while a run is under way.
      """)

  @Argument(help: "Run folders, such as runs/fashion-mnist-lenet-94c0289a.")
  var runs: [String]

  @Option(
    name: .shortAndLong,
    help: "Where the page goes (default: report.html in the run's folder, or here for several).")
  var output: String?

  @Flag(help: "Print steps and evaluations as comma-separated values instead.")
  var csv = false

  /// Reads and writes; needs no MPI.
  func run() throws {
    var command = ReportCommand(runs: runs)
    command.output = output
    command.csv = csv
    try command.run()
  }
}
