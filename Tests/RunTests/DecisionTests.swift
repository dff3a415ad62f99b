import Foundation
import HDF5
import Launching
import Testing

extension Runs {
  /// Demands on a better figure that are not met for long.
  @Suite struct `Decisions while running` {
    private static let plan = """
      network: {name: lenet, dropout: 0.5}
      data: {folder: DATA, validation: 300}
      steps: 90
      batch: {global: 48, micro: 4}
      optimizer: {name: sgd, lr: 0.01, momentum: 0.9}
      schedule: {name: plateau, factor: 0.25, patience: 1, threshold: 0.1, cooldown: 1, final: 0.01}
      evaluation: {every: 5, patience: 4, min_delta: 0.05}
      checkpoint: {every: 15, keep: 20}
      run: {log: 10}
      """

    @Test(arguments: ["loss", "accuracy"])
    func `are the same for any number of ranks, and after a stop at any place`(monitor: String)
      throws
    {
      try withTemporaryFolder { folder in
        let plan = Self.plan.replacing("every: 5,", with: "every: 5, monitor: \(monitor),")
          .replacing("DATA", with: try Material.sample.get())
        let trial = try Trial(plan, in: folder)
        let whole = try trial.train(ranks: 1, run: "1")
        #expect(whole.output.contains("validation \(monitor) no better: the rate is multiplied by"))
        let last = try lastStep(trial, "1")
        let expected = trial.hash("1", step: last)
        for ranks in [3, 8] {
          let other = try trial.train(ranks: ranks, run: "\(ranks)")
          #expect(trial.hash("\(ranks)", step: last) == expected, "\(ranks) ranks")
          #expect(decisions(other) == decisions(whole) && !decisions(other).isEmpty)
        }
        // In the middle of a plateau, right after a decision, and between two evaluations.
        for stop in [12, 20, 37, 55] where stop < last {
          try trial.train(ranks: 3, run: "moved", "--stop-after", "\(stop)")
        }
        let resumed = try trial.train(ranks: 2, run: "moved")
        #expect(trial.hash("moved", step: last) == expected, "resumed")
        #expect(ending(resumed) == ending(whole))
        try expectControl(trial, "1", step: last)
      }
    }

    @Test func `end a run early on all ranks; the same command then has nothing left to do`()
      throws
    {
      try withTemporaryFolder { folder in
        let plan = """
          network: lenet
          data: {folder: \(try Material.sample.get()), validation: 100}
          steps: 400
          batch: {global: 48, micro: 4}
          optimizer: {name: sgd, lr: 0}
          evaluation: {every: 4, patience: 3, min_delta: 0.01}
          checkpoint: {every: 0, best: true}
          """
        // At a rate of 0 no evaluation is better than the first: the end is after the fourth.
        let trial = try Trial(plan, in: folder)
        for ranks in [1, 3] {
          let ended = try trial.train(ranks: ranks, run: "\(ranks)")
          #expect(
            ended.output.contains(
              "finished: 16 steps, validation loss no better for 3 evaluations\n"))
          let again = try trial.train(ranks: ranks, run: "\(ranks)")
          #expect(again.output.contains("resuming after step 16\n"))
          #expect(ending(again) == ending(ended))
        }
        #expect(trial.hash("1", step: 16) == trial.hash("3", step: 16))
        let supervised = try trial.trainer(
          ranks: 1, ["run", "-n", "2", "plan.yaml", "--run", "3"]
        ).run()
        let alone = try trial.train(ranks: 1, run: "1")
        #expect(supervised.status == 0 && ending(supervised) == ending(alone))
      }
    }

    @Test func `need held-out samples and evaluations, and say so`() throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        let mistakes = [
          Mistake(set: "evaluation.patience=3", 64, "evaluation.every", "1 epoch"),
          Mistake(set: "schedule={name: plateau}", 64, "evaluation.every", "1 epoch"),
          Mistake(
            set: "evaluation={patience: 3}", 64, "evaluation.patience", "data.validation"),
          Mistake(set: "evaluation.patience=0", 64, "evaluation.patience", "at least 1"),
          Mistake(set: "evaluation.min_delta=0.1", 64, "evaluation.min_delta", "patience"),
          Mistake(set: "evaluation.monitor=los", 64, "mean loss?"),
          Mistake(set: "schedule={name: plateau, factor: 1}", 64, "schedule.factor", "below 1"),
          Mistake(set: "schedule={name: cosine, cooldown: 1}", 64, "cosine does not use it"),
        ]
        for mistake in mistakes {
          mistake.expect(try trial.trainer(ranks: 1, mistake.arguments).run(), ranks: 1)
        }
      }
    }

    /// What the run says of decisions, in order.
    private func decisions(_ outcome: Outcome) -> [Substring] {
      outcome.output.split(separator: "\n").filter { $0.contains("no better") }
    }

    private func ending(_ outcome: Outcome) -> Substring? {
      outcome.output.split(separator: "\n").first { $0.hasPrefix("finished: ") }
    }

    private func lastStep(_ trial: Trial, _ run: String) throws -> Int {
      let folder = trial.folder.appending(path: "\(run)/checkpoints").path
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".h5") }.sorted()
      return try #require(names.last.flatMap { Int($0.dropFirst(5).dropLast(3)) })
    }

    /// The checkpoint holds what decisions depend on, and the rate has fallen.
    private func expectControl(_ trial: Trial, _ run: String, step: Int) throws {
      let file = try HDF5File(reading: trial.checkpoint(run, step: step).path)
      let names = try file.root.group("control").children().map(\.name)
      #expect(
        names == [
          "patience_best", "patience_idle", "plateau_best", "plateau_idle", "plateau_resting",
          "rate_factor",
        ])
      let factor: [Double] = try file.root.dataset("control/rate_factor").read()
      #expect(factor[0] < 1)
    }
  }
}
