import ArgumentParser
import Training

/// `trainer predict`: what images show.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what images show: JPEG and PNG files of any size.",
    discussion: """
      The checkpoint carries the names of the classes and how images are prepared, so it is all that \
      is needed. Scores are those of an evaluation. One process does it, without mpirun; all cores \
      decode. A file that cannot be read is told and the others are judged all the same; the exit \
      code is then not 0 (65 bad data, 66 no input).
      """)

  @Option(help: "The checkpoint, or a run's folder for its newest one.")
  var checkpoint: String

  @Argument(help: "Image files; of a folder, all JPEG and PNG files under it.")
  var images: [String]

  @Option(help: "How many classes to name of each image, the surest first.")
  var top = 5

  @Option(
    help: """
      Which views of each image to judge together: none, flip, flips, five_crop, ten_crop (default: \
      the plan's).
      """)
  var views: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Print lines of image,place,class,score.")
  var csv = false

  /// Refuses what makes no sense.
  func validate() throws {
    if top < 1 { throw ValidationError("--top must be at least 1") }
    if json && csv { throw ValidationError("--json and --csv exclude each other") }
    if images.isEmpty { throw ValidationError("name image files, or folders of them") }
  }

  /// Judges the images; of several ranks one does, and it speaks for all.
  func run() throws {
    guard RankProgram.speaksBeforeStart else { return }
    let command = PredictCommand(
      checkpoint: checkpoint, paths: images, top: top, views: views,
      form: json ? .json : csv ? .csv : .text)
    try ExitCode.check(try command.run())
  }
}
