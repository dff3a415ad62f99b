import ArgumentParser
import Training

/// `trainer bench input`: the data path.
struct BenchInput: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "input",
    abstract: "Reads, shuffles and normalizes the samples of a data folder: images/s.")

  @Option(help: "A data folder made by sharder.")
  var data: String

  @Option(help: "Samples of a step on each rank.")
  var batch = 64

  @Option(help: "Samples of a micro-batch.")
  var micro = 16

  @Option(help: "Transforms, as in a plan: '[{transform: RandomCrop, size: 32, padding: 4}]'")
  var augmentation: String?

  @OptionGroup var options: BenchOptions

  /// Runs the measurement on all ranks.
  func run() throws {
    var benchmark = InputBenchmark(
      data: data, batch: batch, microBatch: micro, windows: options.measured())
    benchmark.augmentation = augmentation
    benchmark.json = options.json
    try ExitCode.check(RankProgram.run { try benchmark.run(in: $0) })
  }
}
