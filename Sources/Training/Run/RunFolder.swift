import Storage

/// The folder of a run: the resolved plan, checkpoints, metrics; everything that differs from run
/// to run is here and not in the checkpoints.
struct RunFolder: Sendable {
  /// Where it lies.
  let path: String

  /// The folder named by the user, or `runs/<plan>-<first 8 hex digits of the recipe's digest>`:
  /// other recipes never collide, and repeating a command resumes.
  init(named name: String?, planName: String, recipe: Recipe) {
    path = name ?? "runs/\(planName)-\(recipe.shortDigest)"
  }

  /// The checkpoints.
  var checkpoints: CheckpointFolder { CheckpointFolder(path: path + "/checkpoints") }
  /// One JSON object a line, one line an event.
  var metrics: String { path + "/metrics.jsonl" }

  /// Creates the folder and keeps it for this process.
  func take() throws -> FolderLock {
    try Folder.create(checkpoints.path)
    guard let lock = try FolderLock(path) else {
      throw CheckpointError(
        "\(path): another trainer is at work in this folder; wait for its end, or name another "
          + "folder with --run", exitCode: .tryAgain)
    }
    return lock
  }

  /// Removes what a killed process has left half written; whoever calls has the folder.
  func removePartialFiles() {
    for folder in [path, checkpoints.path] { DurableFile.removePartialFiles(in: folder) }
  }

  /// Stores the resolved plan.
  func store(_ plan: Plan) throws {
    try DurableFile.write(try plan.yaml(), to: path + "/plan.yaml")
  }

  /// Keeps the description of the machine; returns the one kept before if it was another.
  func exchangeMachine(_ description: String) throws -> String? {
    let file = path + "/machine.txt"
    let before = try? TextFile.read(file)
    try DurableFile.write(description, to: file)
    return before == description ? nil : before
  }
}
