import Foundation
import Launching
import Testing

#if canImport(Glibc)
  import Glibc
#endif

extension Runs {
  /// Lines of output tell when a signal is due: nothing waits for a time.
  @Suite struct `An interrupted run` {
    @Test func `saves and goes on after SIGUSR1, saves and ends after SIGUSR2`() throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(steps: 100, in: folder)
        let whole = try trial.training(ranks: 3, run: "whole").start()
        #expect(whole.waitForLine(containing: "step 5/"))
        #expect(whole.signal(SIGUSR1))
        let outcome = try whole.finish()
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(outcome.output.contains("finished: 100 steps\n"))
        // Ranks may hear of the signal in steps that follow each other: one checkpoint or two.
        #expect((2...4).contains(try steps(of: trial, "whole").count))

        let ended = try trial.training(ranks: 3, run: "ended").start()
        #expect(ended.waitForLine(containing: "step 5/"))
        #expect(ended.signal(SIGUSR2))
        let end = try ended.finish()
        #expect(end.status == 0 && end.errors.isEmpty, "\(end.errors)")
        let last = try #require(try steps(of: trial, "ended").last)
        #expect(last >= 5 && last < 100 && end.output.contains("stopped after \(last) steps\n"))
        let resumed = try trial.train(ranks: 2, run: "ended")
        #expect(resumed.output.contains("resuming after step \(last)\n"))
        #expect(trial.hash("ended", step: 100) == trial.hash("whole", step: 100))
      }
    }

    @Test func `keeps its folder: a second trainer is sent away until it has ended`() throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(steps: 100, in: folder)
        let endless = ["--set", "steps=1000000"]
        let first = try trial.training(ranks: 2, run: "one", endless).start()
        #expect(first.waitForLine(containing: "step 5/"))
        for ranks in [1, 3] {
          let second = try trial.training(ranks: ranks, run: "one", endless).run()
          #expect(second.status == 75 && second.errorLines.count == 1, "\(second.errors)")
          #expect(second.errors.contains("another trainer is at work"), "\(second.errors)")
        }
        #expect(first.signal(SIGUSR2))
        #expect(try first.finish().status == 0)
        let last = try #require(try steps(of: trial, "one").last)
        let next = endless + ["--stop-after", "\(last + 1)"]
        #expect(try trial.training(ranks: 1, run: "one", next).run().status == 0)
      }
    }

    @Test func `ends on all ranks when one is killed, and goes on from its last checkpoint`()
      throws
    {
      try withTemporaryFolder { folder in
        let trial = try Trial(steps: 100, in: folder)
        try trial.train(ranks: 1, run: "whole")
        let killed = try trial.training(
          ranks: 3, run: "killed", ["--set", "checkpoint.every=20"]
        ).start()
        #expect(killed.waitForLine(containing: "step 50/"))
        let ranks = killed.ranks
        try #require(ranks.count == 3)
        kill(ranks[1], SIGKILL)
        let outcome = try killed.finish()
        #expect(outcome.status == 137 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(ranks.allSatisfy(RunningCommand.waitForEnd))

        let leftOver = folder.appending(path: "killed/checkpoints/step-00000003.h5.1.partial")
        try Data("half".utf8).write(to: leftOver)
        let resumed = try trial.train(ranks: 2, run: "killed")
        #expect(resumed.output.contains("resuming after step "))
        #expect(!FileManager.default.fileExists(atPath: leftOver.path))
        #expect(trial.hash("killed", step: 100) == trial.hash("whole", step: 100))
      }
    }

    /// The steps after which a run has checkpoints.
    private func steps(of trial: Trial, _ run: String) throws -> [Int] {
      let folder = trial.folder.appending(path: "\(run)/checkpoints").path
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".h5") }.compactMap { Int($0.dropFirst(5).dropLast(3)) }.sorted()
    }
  }
}
