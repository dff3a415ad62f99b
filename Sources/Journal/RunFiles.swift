/// Where the files of a run lie in its folder.
public struct RunFiles: Sendable {
  /// The run's folder.
  public let folder: String

  /// The files of the run in `folder`.
  public init(folder: String) { self.folder = folder }

  /// One JSON object a line, one line an event.
  public var metrics: String { folder + "/metrics.jsonl" }
  /// The resolved plan.
  public var plan: String { folder + "/plan.yaml" }
  /// The kind of machine that the run was on last.
  public var machine: String { folder + "/machine.txt" }
  /// The folder of the checkpoints.
  public var checkpoints: String { folder + "/checkpoints" }
  /// The page that `trainer report` writes.
  public var report: String { folder + "/report.html" }
  /// The folder of pictures of samples that were taken for another class.
  public var mistakes: String { folder + "/" + Self.mistakesFolder }

  /// The name of the folder of mistakes in a run's folder.
  private static let mistakesFolder = "mistakes"

  /// The picture of a sample among the mistakes, as a path in the run's folder.
  public static func picture(of mistake: Mistake) -> String {
    "\(mistakesFolder)/\(mistake.split)-\(mistake.sample).png"
  }
}
