import Foundation
import Launching
import Storage

/// Where runs take place: a folder with data and a plan, and what an undisturbed run comes to.
final class Ground {
  /// How many ranks a run has that nothing has hit.
  static let ranks = 4
  /// After how many steps runs save a checkpoint.
  static let interval = 20
  /// The steps of a run.
  static let steps = 160

  let folder: URL
  /// Seconds that an undisturbed run takes from the start of its ranks.
  private(set) var duration = 0.0
  /// The digest of an undisturbed run's last checkpoint.
  private(set) var digest = ""

  static let plan = """
    network: {name: lenet, dropout: 0.5}
    data: ../data
    steps: \(steps)
    batch: {global: 48, micro: 4}
    evaluation: {every: 0}
    checkpoint: {every: \(interval), keep: 3}
    run: {log: 1}
    """

  /// Makes the data, and lets a run take place undisturbed.
  init(in folder: URL) throws {
    self.folder = folder
    try Command(
      "sharder", ranks: nil,
      ["create", package.appending(path: "datasets/sample").path, "--output", "data"], in: folder
    ).run().requireSuccess("sharder")
    let trial = try Trial(self, "undisturbed")
    let began = Date.now
    try trial.supervised().run().requireSuccess("an undisturbed run")
    duration = Date.now.timeIntervalSince(began)
    digest = try trial.digest(step: Self.steps)
    let alone = try Trial(self, "alone")
    try alone.trained(ranks: 1).run().requireSuccess("an undisturbed run of one rank")
    try require(try alone.digest(step: Self.steps) == digest, "1 rank and 4 ranks differ")
    for trial in [trial, alone] { trial.remove() }
  }
}

extension Outcome {
  /// Throws unless the command ended with 0.
  @discardableResult
  func requireSuccess(_ name: String) throws -> Outcome {
    try require(status == 0, "\(name) ended with \(status): \(lastLines)")
    return self
  }

  /// What a person needs to see of a command that failed.
  var lastLines: String {
    (output.split(separator: "\n").suffix(3) + errors.split(separator: "\n").suffix(6))
      .joined(separator: " / ")
  }
}
