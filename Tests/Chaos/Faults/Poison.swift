import Datasets
import Foundation
import Launching
import Storage

// A sample that makes the loss no number.

extension Fault {
  static let poisonedSample = Fault(
    name: "poison", title: "NaN from a poisoned sample",
    promise: "same decision at the same step for any number of ranks", runs: 10, shortRuns: 1
  ) { trial, chance in
    try trial.makePoisonedData(&chance)
    let ranks = (1...8).shuffled(using: &chance).prefix(3)
    var decisions: Set<String> = []
    for count in ranks {
      let run = "run-\(count)"
      var command = trial.trained(
        ranks: count,
        ["--data", "poisoned", "--set", "steps=12", "--set", "checkpoint.every=1", "--run", run])
      command.limit = 60
      let outcome = try command.run()
      try require(
        outcome.status == 65 && outcome.errorLines.count == 1
          && outcome.errors.contains("not finite"),
        "\(count) ranks: status \(outcome.status): \(outcome.lastLines)")
      let saved = try Folder.names(in: trial.folder.path + "/\(run)/checkpoints")
        .filter { $0.hasSuffix(".h5") }
      let digests = try saved.map {
        try MappedFile(trial.folder.path + "/\(run)/checkpoints/\($0)").digest.hex
      }
      decisions.insert(([outcome.errors] + saved + digests).joined(separator: "\n"))
    }
    try require(decisions.count == 1, "\(decisions)")
    return Finding()
  }
}

extension Trial {
  /// 480 gray images of CIFAR's form, of which one has one pixel that becomes infinite when pixels
  /// are normalized by the index's deviations.
  fileprivate func makePoisonedData(_ chance: inout Chance) throws {
    let (samples, gray) = (480, UInt8(100))
    var records = (0..<samples).flatMap { [UInt8($0 % 10)] + [UInt8](repeating: gray, count: 3072) }
    let sample = Int.random(in: 0..<samples, using: &chance)
    records[3073 * sample + Int.random(in: 1...3072, using: &chance)] = 200
    try Data(records).write(to: folder.appending(path: "gray.bin"))
    try Command(
      "sharder", ranks: nil, ["create", "gray.bin", "--output", "poisoned", "--format", "cifar10"],
      in: folder
    ).run().requireSuccess("sharder")
    var index = try ShardIndex(folder: folder.path + "/poisoned")
    index.means = [Double](repeating: Double(gray) / 255, count: 3)
    index.deviations = [Double](repeating: 1e-42, count: 3)
    try DurableFile.write(index.encoded(), to: folder.path + "/poisoned/" + ShardIndex.fileName)
  }
}
