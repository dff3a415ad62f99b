import ArgumentParser
import Training

/// `trainer bench reduce`: what ranks cost one another.
struct BenchReduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reduce",
    abstract: "Reduces, updates and publishes without any layers, beside plain MPI_Allreduce.")

  @Option(help: "The number of parameters; may be given several times.")
  var elements: [Int] = [262_144, 11_534_336]

  @Option(help: "How gradients travel: window or messages; may be given several times.")
  var transport: [String] = ["window", "messages"]

  @OptionGroup var options: BenchOptions

  /// Refuses sizes that cannot be.
  func validate() throws {
    if !elements.allSatisfy({ (1...1 << 30).contains($0) }) {
      throw ValidationError("--elements must be from 1 to \(1 << 30)")
    }
  }

  /// Runs the measurement on all ranks.
  func run() throws {
    var benchmark = ReduceBenchmark(
      elements: elements, transports: transport, windows: options.measured())
    benchmark.json = options.json
    try ExitCode.check(RankProgram.run { try benchmark.run(in: $0) })
  }
}
