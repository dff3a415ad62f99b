import ArgumentParser
import Training

/// `trainer bench layer`: single convolutions.
struct BenchLayer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layer",
    abstract: "Runs the convolutions of the networks, pass by pass, on one rank: GFLOP/s.")

  @Option(help: "Only convolutions whose names begin so: resnet20, or resnet20.layer1.")
  var only: String?

  @Option(help: "Samples of a batch (default: the network's own).")
  var batch: Int?

  @Flag(help: "Measure the plain reference in place of the fastest way.")
  var exact = false

  @OptionGroup var options: BenchOptions

  /// Refuses a batch that is none.
  func validate() throws {
    if let batch, batch < 1 { throw ValidationError("--batch must be at least 1") }
  }

  /// Runs the measurement.
  func run() throws {
    var benchmark = LayerBenchmark(windows: options.measured(windowSeconds: 0.1))
    benchmark.only = only
    benchmark.batch = batch
    benchmark.isExact = exact
    benchmark.json = options.json
    try ExitCode.check(RankProgram.run { try benchmark.run(in: $0) })
  }
}
