import Foundation
import Launching
import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// One run in a folder of its own, with folders for all temporary files that it may make.
struct Trial {
  let ground: Ground
  let folder: URL

  init(_ ground: Ground, _ name: String) throws {
    self.ground = ground
    folder = ground.folder.appending(path: name)
    for name in ["tmp", "shm"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    try Data(Ground.plan.utf8).write(to: folder.appending(path: "plan.yaml"))
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// `trainer run`, in an environment that has nothing of launch/env.
  func supervised(ranks: Int = Ground.ranks, _ arguments: [String] = []) -> Command {
    var command = Command(
      "trainer", ranks: nil, ["run", "-n", "\(ranks)", "plan.yaml", "--run", "run"] + arguments,
      in: folder
    ).inBareShell(of: folder)
    command.limit = 60
    return command
  }

  /// `trainer train` under plain mpirun; without it for one rank.
  func trained(ranks: Int, _ arguments: [String] = []) -> Command {
    var command = Command(
      "trainer", ranks: ranks == 1 ? nil : ranks,
      ["train", "plan.yaml", "--run", "run"] + arguments, in: folder)
    command.limit = 60
    return command
  }

  /// The checkpoint after so many steps.
  func checkpoint(step: Int) -> String {
    let digits = String(step)
    return checkpoints + "/step-" + String(repeating: "0", count: 8 - digits.count) + digits + ".h5"
  }

  /// The folder of checkpoints.
  var checkpoints: String { folder.path + "/run/checkpoints" }

  /// The names of the files in the folder of checkpoints.
  func checkpointFiles() -> [String] { (try? Folder.names(in: checkpoints)) ?? [] }

  /// The steps after which there are checkpoints, ascending.
  func steps() -> [Int] {
    checkpointFiles().filter { $0.hasSuffix(".h5") }
      .compactMap { Int($0.dropFirst(5).dropLast(3)) }.sorted()
  }

  /// The digest of the checkpoint after so many steps.
  func digest(step: Int) throws -> String { try MappedFile(checkpoint(step: step)).digest.hex }

  /// What lies where a run has its temporary files.
  func leftOvers() -> [String] {
    ["tmp", "shm"].flatMap {
      (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + $0)) ?? []
    }
  }

  /// Throws unless the run has ended as an undisturbed one does, and nothing else is left of it.
  func requireUndisturbedEnd() throws {
    let digest = try? digest(step: Ground.steps)
    try require(digest == ground.digest, "the last checkpoint is another: \(digest ?? "none")")
    let partial = checkpointFiles().filter { !$0.hasSuffix(".h5") && !$0.hasSuffix(".h5.sha256") }
    try require(partial.isEmpty && leftOvers().isEmpty, "left over: \(partial + leftOvers())")
  }
}

/// Sleeps; a chaos round is made of moments.
func pause(_ seconds: Double) { usleep(UInt32(max(seconds, 0) * 1e6)) }

/// Waits until something is there; nil if it is not within `seconds`.
func awaited<Value>(upTo seconds: Double, for value: () throws -> Value?) rethrows -> Value? {
  let end = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < end {
    if let value = try value() { return value }
    usleep(2000)
  }
  return nil
}
