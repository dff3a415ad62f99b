import ArgumentParser
import Training

/// `trainer evaluate`: how well a checkpoint does.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluates a checkpoint on a data folder, each sample exactly once.",
    discussion: """
      Prints accuracy (top-5 too where there are more than five classes) and loss, precision, recall \
      and F1 of each class, and the confusion matrix: the same digits for any number of ranks. With \
      --json also the samples that the model was wrong about, the surest first.
      """)

  @Option(
    help: "The checkpoint, or a run's folder for its newest one.",
    completion: .file(extensions: ["h5"]))
  var checkpoint: String

  @Option(help: "A data folder made by sharder.", completion: .directory)
  var data: String

  @Option(help: "Which split of the data (default: test, else validation, else train).")
  var split: String?

  @Option(
    help: """
      Which views of each image to judge together: none, flip, flips, five_crop, ten_crop (default: \
      the plan's).
      """)
  var views: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  /// Runs the command on all ranks.
  func run() throws {
    let command = EvaluateCommand(
      checkpoint: checkpoint, data: data, split: split, views: views, json: json)
    try ExitCode.check(RankProgram.run { try command.run(in: $0) })
  }
}
