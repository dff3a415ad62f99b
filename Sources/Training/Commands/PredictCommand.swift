import Datasets
import FoundationEssentials
import Kernels
import Storage

/// What `trainer predict` was asked to do.
public struct PredictCommand: Sendable {
  /// The checkpoint: it carries classes and preprocessing, so that nothing else is needed.
  public let checkpoint: String
  /// Image files, and folders of them.
  public let paths: [String]
  /// How many classes to name of each image.
  public let top: Int
  /// The name of the views of each image to judge together; nil for those of the recipe.
  public let views: String?
  /// How to print.
  public let form: PredictionForm

  /// A prediction of what the images at `paths` show.
  public init(
    checkpoint: String, paths: [String], top: Int, views: String? = nil,
    form: PredictionForm
  ) {
    self.checkpoint = checkpoint
    self.paths = paths
    self.top = top
    self.views = views
    self.form = form
  }

  /// All of it, as JSON.
  private struct Report: Encodable {
    let checkpoint: String
    let step: Int
    let predictions: [ImagePrediction]
    let unreadable: [UnreadableImage]
  }

  /// Judges all images in this process, and returns what it exits with.
  ///
  /// What cannot be read is told on standard error, one line each, and the others are judged all the
  /// same; the code is then that of the first such image.
  public func run() throws -> Int32 {
    useOneBLASThread()
    let saved = try CheckpointFolder.read(fileOrRun: checkpoint)
    let files = try ImageFileList.list(paths)
    var predictor = try Predictor(
      saved, views: views, cores: ProcessInfo.processInfo.activeProcessorCount)
    var predictions: [ImagePrediction] = []
    var unreadable: [UnreadableImage] = []
    var code: ExitCode?
    if let head = form.head { Console.print(head) }
    for first in stride(from: 0, to: files.count, by: predictor.microBatch) {
      let some = Array(files[first..<min(first + predictor.microBatch, files.count)])
      for (path, result) in zip(some, predictor.predict(some, top: top)) {
        switch result {
        case .success(let prediction):
          for line in form.lines(prediction) { Console.print(line) }
          if form == .json { predictions.append(prediction) }
        case .failure(let error):
          Console.complain("trainer: " + error.message)
          unreadable.append(UnreadableImage(image: path, reason: error.message))
          code = code ?? error.exitCode
        }
      }
    }
    if form == .json {
      let report = Report(
        checkpoint: checkpoint, step: saved.step, predictions: predictions, unreadable: unreadable)
      Console.print(try report.jsonLine())
    }
    return code?.rawValue ?? 0
  }
}
