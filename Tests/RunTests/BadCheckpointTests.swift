import Foundation
import Launching
import Storage
import Testing

extension Runs {
  @Suite struct `A checkpoint that is wrong` {
    /// Something done to a checkpoint, and what is said of it.
    struct Damage: CustomTestStringConvertible, Sendable {
      let testDescription: String
      let words: String
      let change: @Sendable (URL) throws -> Void

      init(_ name: String, _ words: String, change: @escaping @Sendable (URL) throws -> Void) {
        (testDescription, self.words, self.change) = (name, words, change)
      }
    }

    static let damages = [
      Damage("a flipped bit", "damaged") { try rewrite($0) { $0[500_000] ^= 1 } },
      Damage("cut short", "damaged") { try rewrite($0) { $0.removeLast(1000) } },
      Damage("empty", "damaged") { try rewrite($0) { $0 = [] } },
      Damage("no digest", "No such file") {
        try FileManager.default.removeItem(atPath: DurableFile.digestPath(of: $0.path))
      },
      Damage("a digest that is none", "states no digest") {
        try Data("abc".utf8).write(to: URL(filePath: DurableFile.digestPath(of: $0.path)))
      },
      Damage("no checkpoint at all, with its digest", "failed") {
        let noise = (0..<5000).map { UInt8($0 % 251) }
        try DurableFile.writeWithDigest(noise.span.bytes, to: $0.path)
      },
    ]

    @Test(arguments: damages, [1, 8])
    func `is passed over for the one before, and that is said`(damage: Damage, ranks: Int) throws {
      try withTemporaryFolder { folder in
        let trial = try trainedTrial(in: folder)
        let whole = trial.hash("run", step: 4)
        try damage.change(trial.checkpoint("run", step: 4))
        let outcome = try trial.train(ranks: ranks, run: "run")
        let complaints = outcome.output.split(separator: "\n").filter { $0.hasPrefix("warning") }
        #expect(complaints.count == 1)
        for word in ["step-00000004.h5", damage.words, "using the one before"] {
          #expect(complaints.first?.contains(word) == true, "\(outcome.output)")
        }
        #expect(outcome.output.contains("resuming after step 2\n"))
        #expect(trial.hash("run", step: 4) == whole)
      }
    }

    @Test(arguments: [1, 8])
    func `is an error where there is no other, and nothing is overwritten`(ranks: Int) throws {
      try withTemporaryFolder { folder in
        let trial = try trainedTrial(in: folder)
        for step in [2, 4] { try rewrite(trial.checkpoint("run", step: step)) { $0[5000] ^= 1 } }
        let damaged = [2, 4].map { trial.hash("run", step: $0) }
        Mistake(65, "none of its 2 checkpoints", "--run")
          .expect(try trial.training(ranks: ranks, run: "run").run(), ranks: ranks)
        #expect([2, 4].map { trial.hash("run", step: $0) } == damaged)
      }
    }

    @Test(arguments: [1, 8])
    func `of another recipe is refused, with the key and both values`(ranks: Int) throws {
      try withTemporaryFolder { folder in
        let trial = try trainedTrial(in: folder)
        let cases = [
          Mistake(
            arguments: ["--set", "optimizer.lr=0.125"], 64, "optimizer.lr", " 0.05,", " 0.125;"),
          Mistake(arguments: ["--set", "steps=8"], 64, "steps", " 4,", " 8;", "--run"),
          Mistake(arguments: ["--resume", "never"], 64, "--resume is never", "--run"),
        ]
        for mistake in cases {
          let outcome = try trial.training(ranks: ranks, run: "run", mistake.arguments).run()
          mistake.expect(outcome, ranks: ranks)
        }
        // What does not change the result is no other recipe.
        try trial.train(ranks: ranks, run: "run", "--set", "checkpoint.keep=7")
      }
    }

    @Test(arguments: [1, 8])
    func `cannot be evaluated`(ranks: Int) throws {
      try withTemporaryFolder { folder in
        let trial = try trainedTrial(in: folder)
        try rewrite(trial.checkpoint("run", step: 2)) { $0[5000] ^= 1 }
        let (sample, cifar) = (try Material.sample.get(), try Material.cifar.get())
        let (good, bad) = ("run/checkpoints/step-00000004.h5", "run/checkpoints/step-00000002.h5")
        let cases = [
          Mistake(arguments: ["--checkpoint", "none.h5", "--data", sample], 66, "none.h5"),
          Mistake(arguments: ["--checkpoint", ".", "--data", sample], 66, "no checkpoints"),
          Mistake(arguments: ["--checkpoint", bad, "--data", sample], 65, bad, "damaged"),
          Mistake(arguments: ["--checkpoint", good, "--data", "none"], 66, "no data set"),
          Mistake(arguments: ["--checkpoint", good, "--data", cifar], 65, "32×32×3", "28×28×1"),
          Mistake(
            arguments: ["--checkpoint", good, "--data", sample, "--split", "x"], 64, "test, train"),
        ]
        for mistake in cases {
          let outcome = try trial.trainer(ranks: ranks, ["evaluate"] + mistake.arguments).run()
          mistake.expect(outcome, ranks: ranks)
        }
      }
    }

    /// Old code kept so many of the newest, whatever they were.
    @Test func `does not count as one of those to keep`() throws {
      try withTemporaryFolder { folder in
        let plan = usualPlan(data: try Material.sample.get())
          .replacing("every: 2", with: "every: 2, keep: 2").replacing("steps: 4", with: "steps: 8")
        let trial = try Trial(plan, in: folder)
        try trial.train(ranks: 1, run: "run", "--stop-after", "6")
        try rewrite(trial.checkpoint("run", step: 6)) { $0[5000] ^= 1 }
        let damaged = trial.hash("run", step: 6)
        // From step 4 on, without a new checkpoint after step 6.
        try trial.train(ranks: 1, run: "run", "--set", "checkpoint.every=8")
        let good = [4, 8].map { trial.hash("run", step: $0) }
        #expect(good.allSatisfy { $0.count == 64 } && trial.hash("run", step: 6) == damaged)
        #expect(trial.hash("run", step: 2).hasPrefix("no checkpoint"))
      }
    }

    /// The usual plan, trained: its checkpoints are after steps 2 and 4.
    private func trainedTrial(in folder: URL) throws -> Trial {
      let trial = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
      try trial.train(ranks: 1, run: "run")
      return trial
    }
  }
}
