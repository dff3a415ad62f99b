import FoundationEssentials
import Networks
import Storage

/// The checkpoints of a run: `step-NNNNNNNN.h5`, each with its digest beside it.
struct CheckpointFolder: Sendable {
  let path: String

  /// Where the checkpoint after so many steps lies.
  func file(step: Int) -> String {
    let digits = String(step)
    return "\(path)/step-\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).h5"
  }

  /// The numbers of steps after which there are checkpoints, ascending.
  func steps() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix("step-"), name.hasSuffix(".h5") else { return nil }
      return Int(name.dropFirst(5).dropLast(3))
    }.sorted()
  }

  /// Writes a checkpoint, complete and synced, with its digest; returns its size in bytes.
  func save(_ checkpoint: Checkpoint, _ layout: ParameterLayout) throws -> Int {
    try Folder.create(path)
    let bytes = try checkpoint.encoded(layout)
    try DurableFile.writeWithDigest(unsafe bytes.span.bytes, to: file(step: checkpoint.step))
    return bytes.count
  }

  /// Reads a checkpoint again, from the disk; throws unless it is what its digest says.
  func requireSound(step: Int) throws {
    guard try DurableFile.isSoundOnDisk(file(step: step)) else {
      throw CheckpointError(
        "\(file(step: step)): what was read again is not what was written; check the disk",
        exitCode: .ioError)
    }
  }

  /// Bytes that may still be written on the folder's disk; nil where the system does not tell.
  var freeBytes: Int? { Folder.freeBytes(at: path) }

  /// Removes all but the newest `keep` good checkpoints up to `newest` and the one after `best`
  /// steps.
  ///
  /// What is damaged does not count as one of those to keep, and goes with those that are older.
  func prune(upTo newest: Int, keep: Int, best: Int?) {
    var good = 0
    for step in steps().reversed() where step <= newest {
      if good >= keep, step != best {
        try? DurableFile.remove(file(step: step))
        try? DurableFile.remove(DurableFile.digestPath(of: file(step: step)))
      } else if isSound(step: step) {
        good += 1
      }
    }
  }

  /// Whether a checkpoint is what its digest says; looked at only where an older one may go.
  private func isSound(step: Int) -> Bool {
    guard let file = try? MappedFile(file(step: step)),
      let stated = try? DurableFile.statedDigest(of: file.path)
    else { return false }
    return file.digest == stated
  }

  /// The newest checkpoint whose digest holds, with a line about each newer one that does not.
  ///
  /// Throws if there are checkpoints and none can be used: to begin anew would be to lose the run.
  func newest(
    where isUsable: (_ step: Int) -> Bool = { _ in true }
  ) throws -> (checkpoint: Checkpoint?, complaints: [String]) {
    var complaints: [String] = []
    for step in steps().reversed() {
      guard isUsable(step) else {
        complaints.append(
          "\(file(step: step)): the checkpoint that the run might have to go back to from there is "
            + "not there, or damaged; using the one before")
        continue
      }
      do {
        return (try Self.read(file(step: step)), complaints)
      } catch {
        complaints.append("\(AgreedError(error).message); using the one before")
      }
    }
    guard complaints.isEmpty else {
      throw CheckpointError(
        "\(path): none of its \(complaints.count) checkpoints can be used; begin anew in another "
          + "folder with --run, or remove this one")
    }
    return (nil, [])
  }

  /// Reads the checkpoint at `path`; of a run's folder, the newest one that is good.
  static func read(fileOrRun path: String) throws -> Checkpoint {
    guard Folder.exists(path) else { return try read(path) }
    guard let newest = try CheckpointFolder(path: path + "/checkpoints").newest().checkpoint else {
      throw CheckpointError(
        "\(path): there are no checkpoints in it; name a run's folder, or a checkpoint",
        exitCode: .noInput)
    }
    return newest
  }

  /// Reads a checkpoint after checking its digest.
  static func read(_ path: String) throws -> Checkpoint {
    let file = try MappedFile(path)
    guard let stated = try DurableFile.statedDigest(of: path) else {
      throw CheckpointError(
        "\(path): \(DurableFile.digestPath(of: path)) states no digest for it; write it with "
          + "sha256sum if you trust the file")
    }
    guard SHA256Digest(of: file.bytes) == stated else {
      throw CheckpointError("\(path): damaged: its digest is not the one in \(path).sha256")
    }
    return try Checkpoint(decoding: file.bytes, name: path)
  }
}

extension Checkpoint {
  /// Reads the checkpoint's file at `path` after comparing it with the digest beside it.
  public init(verifying path: String) throws { self = try CheckpointFolder.read(path) }
}
