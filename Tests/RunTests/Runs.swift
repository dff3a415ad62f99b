import Foundation
import Launching
import Storage
import Testing

/// All tests of whole runs, one after the other: two cores do not hold several of them at once.
@Suite(.serialized) enum Runs {}

/// A folder with a plan, in which runs take place.
struct Trial {
  let folder: URL

  /// Writes the plan into the folder.
  init(_ plan: String, in folder: URL) throws {
    self.folder = folder
    try Data(plan.utf8).write(to: folder.appending(path: "plan.yaml"))
  }

  /// A plan whose steps are short, and which saves only when it is told to.
  init(steps: Int, in folder: URL) throws {
    try self.init(
      """
      network: {name: lenet, dropout: 0.5}
      data: \(try Material.sample.get())
      steps: \(steps)
      batch: {global: 48, micro: 4}
      evaluation: {every: 0}
      checkpoint: {every: 0, keep: 9}
      run: {log: 1}
      """, in: folder)
  }

  /// The trainer in the trial's folder; one rank needs no mpirun.
  func trainer(ranks: Int, _ arguments: [String]) -> Command {
    Command("trainer", ranks: ranks == 1 ? nil : ranks, arguments, in: folder)
  }

  /// The command that trains the plan in the run folder `run`.
  func training(ranks: Int, run: String, _ arguments: [String] = []) -> Command {
    trainer(ranks: ranks, ["train", "plan.yaml", "--run", run] + arguments)
  }

  /// Trains, and expects that it ends well.
  @discardableResult
  func train(ranks: Int, run: String, _ arguments: String...) throws -> Outcome {
    let outcome = try training(ranks: ranks, run: run, arguments).run()
    #expect(
      outcome.status == 0 && outcome.errors.isEmpty,
      "\(ranks) ranks: status \(outcome.status)\n\(outcome.output)\(outcome.errors)")
    return outcome
  }

  /// The checkpoint of a run after so many steps.
  func checkpoint(_ run: String, step: Int) -> URL {
    let digits = String(step)
    let name = "step-" + String(repeating: "0", count: 8 - digits.count) + digits + ".h5"
    return folder.appending(path: "\(run)/checkpoints/\(name)")
  }

  /// The steps after which the run in `run` has checkpoints.
  func steps() throws -> [Int] {
    let folder = folder.appending(path: "run/checkpoints").path
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".h5") }.compactMap { Int($0.dropFirst(5).dropLast(3)) }.sorted()
  }

  /// The newest checkpoint in `run` is that of an undisturbed run.
  func expectWholeBytes() throws {
    let last = try #require(try steps().last)
    try train(ranks: 1, run: "whole", "--stop-after", "\(last)")
    #expect(hash("run", step: last) == hash("whole", step: last))
  }

  /// What `sha256sum` says of a checkpoint; a text that is no digest where there is none.
  func hash(_ run: String, step: Int) -> String {
    (try? MappedFile(checkpoint(run, step: step).path).digest.hex) ?? "no checkpoint in \(run)"
  }
}
