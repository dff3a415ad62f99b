import ArgumentParser
import Training

/// `trainer bench step`: whole training steps.
struct BenchStep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract: "Trains on images in memory: images/s, and where the time goes.")

  @Option(help: "lenet, resnet20, vgg11_bn, resnet18, resnet50 or mobilenet_v2.")
  var network: String

  @Option(help: "Samples of a step on each rank (default: the network's own).")
  var batch: Int?

  @Option(help: "Samples of a micro-batch (default: the network's own).")
  var micro: Int?

  @Option(help: "How gradients travel: automatic, window or messages.")
  var transport = "automatic"

  @Option(name: .customLong("set"), help: "Change the plan: --set optimizer.lr=0.1")
  var assignments: [String] = []

  @OptionGroup var options: BenchOptions

  /// Runs the measurement on all ranks.
  func run() throws {
    var benchmark = StepBenchmark(network: network, windows: options.measured())
    benchmark.batch = batch
    benchmark.microBatch = micro
    benchmark.transport = transport
    benchmark.assignments = assignments
    benchmark.json = options.json
    try ExitCode.check(RankProgram.run { try benchmark.run(in: $0) })
  }
}
