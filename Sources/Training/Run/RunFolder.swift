import Journal
import Storage

/// The folder of a run: the resolved plan, checkpoints, metrics; everything that differs from run
/// to run is here and not in the checkpoints.
struct RunFolder: Sendable {
  /// Where its files lie.
  let files: RunFiles

  /// The folder named by the user, or `runs/<plan>-<first 8 hex digits of the recipe's digest>`:
  /// other recipes never collide, and repeating a command resumes.
  init(named name: String?, planName: String, recipe: Recipe) {
    files = RunFiles(folder: name ?? "runs/\(planName)-\(recipe.shortDigest)")
  }

  /// Where it lies.
  var path: String { files.folder }
  /// The checkpoints.
  var checkpoints: CheckpointFolder { CheckpointFolder(path: files.checkpoints) }

  /// Where the root notes how far it is.
  var lifeSign: String { path + "/progress" }

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
  func store(_ plan: Plan) throws { try DurableFile.write(try plan.yaml(), to: files.plan) }

  /// Keeps the description of the machine; returns the one kept before if it was another.
  func exchangeMachine(_ description: String) throws -> String? {
    let before = try? TextFile.read(files.machine)
    try DurableFile.write(description, to: files.machine)
    return before == description ? nil : before
  }
}
