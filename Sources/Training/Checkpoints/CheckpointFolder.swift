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

  /// Writes a checkpoint, complete and synced, with its digest.
  func save(_ checkpoint: Checkpoint, _ layout: ParameterLayout) throws {
    try Folder.create(path)
    let bytes = try checkpoint.encoded(layout)
    try DurableFile.writeWithDigest(unsafe bytes.span.bytes, to: file(step: checkpoint.step))
  }

  /// Removes what a killed process has left half written.
  func removePartialFiles() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for name in names where name.hasSuffix(DurableFile.partialSuffix) {
      try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
  }

  /// Removes all but the newest `keep` checkpoints up to `newest` and the one after `best` steps.
  ///
  /// A later one, left over because it is damaged, does not count as one of those to keep.
  func prune(upTo newest: Int, keep: Int, best: Int?) {
    for step in steps().filter({ $0 <= newest }).dropLast(keep) where step != best {
      try? FileManager.default.removeItem(atPath: file(step: step))
      try? FileManager.default.removeItem(atPath: DurableFile.digestPath(of: file(step: step)))
    }
  }

  /// The newest checkpoint whose digest holds, with a line about each newer one that does not.
  ///
  /// Throws if there are checkpoints and none can be used: to begin anew would be to lose the run.
  func newest() throws -> (checkpoint: Checkpoint?, complaints: [String]) {
    var complaints: [String] = []
    for step in steps().reversed() {
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
