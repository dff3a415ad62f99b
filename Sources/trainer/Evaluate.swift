import ArgumentParser
import Training

/// `trainer evaluate`: how well a checkpoint does.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluates a checkpoint on a data folder, each sample exactly once.")

  @Option(
    help: "The checkpoint: RUN/checkpoints/step-NNNNNNNN.h5",
    completion: .file(extensions: ["h5"]))
  var checkpoint: String

  @Option(help: "A data folder made by sharder.", completion: .directory)
  var data: String

  @Option(help: "Which split of the data (default: test).")
  var split: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  /// Runs the command on all ranks.
  func run() throws {
    let command = EvaluateCommand(checkpoint: checkpoint, data: data, split: split, json: json)
    try ExitCode.check(RankProgram.run { try command.run(in: $0) })
  }
}
