import Foundation
import Launching
import Storage

// Files that are damaged.

extension Fault {
  static let damagedFile = Fault(
    name: "damage", title: "one bit flipped or a file cut short: shard, index, checkpoint",
    promise: "detected and named, never used", runs: 500, shortRuns: 12
  ) { trial, chance in
    try trial.copyFixture()
    let victim = Victim.allCases.randomElement(using: &chance)!
    let file = trial.folder.path + "/" + victim.path
    let isCut = Int.random(in: 0..<4, using: &chance) == 0
    var bytes = try MappedFile(file).contents
    if isCut {
      bytes.removeLast(Int.random(in: 1...bytes.count, using: &chance))
    } else {
      bytes[Int.random(in: bytes.indices, using: &chance)] ^=
        1
        << UInt8.random(
          in: 0..<8, using: &chance)
    }
    try Data(bytes).write(to: URL(filePath: file))
    let outcome = try trial.training(afterDamageTo: victim).run()
    try trial.requireDetection(of: victim, outcome)
    return Finding(kind: "\(victim)" + (isCut ? ", cut" : ", a bit"))
  }
}

/// A file that may be damaged.
private enum Victim: String, CaseIterable, CustomStringConvertible {
  case trainingShard = "training shard"
  case testShard = "test shard"
  case index
  case checkpoint
  case digest = "checkpoint's digest"

  var description: String { rawValue }

  /// Where it lies in the trial's folder.
  var path: String {
    switch self {
    case .trainingShard: "data/train-00000-of-00001.h5"
    case .testShard: "data/test-00000-of-00001.h5"
    case .index: "data/index.json"
    case .checkpoint: "run/checkpoints/step-00000040.h5"
    case .digest: "run/checkpoints/step-00000040.h5.sha256"
    }
  }

  var isData: Bool { path.hasPrefix("data/") }
}

extension Trial {
  /// A run of 40 steps: more than an epoch, so that every training sample is read.
  private static let options = [
    "--data", "data", "--set", "steps=40", "--set", "checkpoint.every=10", "--set", "run.log=0",
  ]

  /// Data and a finished run of its own, copied from one that is made once.
  fileprivate func copyFixture() throws {
    let fixture = ground.folder.appending(path: "fixture").path
    if !Folder.exists(fixture + "/run") {
      let original = try Trial(ground, "fixture")
      try FileManager.default.copyItem(
        atPath: ground.folder.path + "/data", toPath: fixture + "/data")
      try original.trained(ranks: 1, Self.options).run().requireSuccess("the fixture's run")
    }
    for name in ["data", "run"] {
      try FileManager.default.copyItem(
        atPath: fixture + "/" + name, toPath: folder.path + "/" + name)
    }
  }

  /// With damaged data a run begins, with a damaged checkpoint it goes on.
  fileprivate func training(afterDamageTo victim: Victim) throws -> Command {
    if victim.isData { try FileManager.default.removeItem(atPath: folder.path + "/run") }
    return trained(ranks: 1, Self.options)
  }

  fileprivate func requireDetection(of victim: Victim, _ outcome: Outcome) throws {
    let name = victim.path.split(separator: "/").last ?? ""
    if victim.isData {
      try require(
        outcome.status == 65 && outcome.errorLines.count == 1 && outcome.errors.contains(name),
        "\(name): status \(outcome.status): \(outcome.lastLines)")
      try require(!steps().contains(40), "a run of damaged data came to its end")
    } else {
      let warnings = outcome.output.split(separator: "\n").filter { $0.hasPrefix("warning") }
      try require(
        outcome.status == 0 && warnings.count == 1 && warnings[0].contains("step-00000040.h5")
          && outcome.output.contains("resuming after step 30\n"),
        "\(name): status \(outcome.status): \(outcome.lastLines)")
      let whole = try MappedFile(ground.folder.path + "/fixture/" + Victim.checkpoint.path).digest
      try require(try digest(step: 40) == whole.hex, "\(name): another end than undisturbed")
    }
  }
}
