import Foundation
import Launching
import Testing

#if canImport(Glibc)
  import Glibc
#endif

extension Runs {
  /// Runs without an end, in which ranks are stopped from outside.
  @Suite struct `A watched run` {
    @Test(arguments: [("window", 0), ("window", 2), ("messages", 0), ("messages", 2)])
    func `ends when a rank stands still, and names it once`(transport: String, victim: Int) throws {
      try withTemporaryFolder { folder in
        let trial = try endlessTrial(in: folder)
        let run = try trial.training(
          ranks: 3, run: "run",
          ["--set", "run.watchdog=3", "--set", "run.transport=\(transport)"]
        ).start()
        #expect(run.waitForLine(containing: "step 20/"))
        let ranks = run.ranks
        try #require(ranks.count == 3)
        kill(ranks[victim], SIGSTOP)
        let outcome = try run.finish()
        let name = "rank \(victim) on "
        let process = "(process \(ranks[victim]), stopped by a signal) is "
        // Open MPI says in lines of its own that it could not read a process that is gone.
        let lines = outcome.errorLines.filter { $0.hasPrefix("trainer: ") }
        #expect(outcome.status == 75 && lines.count == 1, "\(outcome.errors)")
        #expect(lines.allSatisfy { $0.contains(name) && $0.contains(process) }, "\(lines)")
        #expect(outcome.errors.contains(": ending the run; started again it goes on"))
        let notices = outcome.output.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
        #expect(notices.count == 1 && notices.allSatisfy { $0.contains(process) }, "\(notices)")
        let metrics = try String(
          contentsOf: folder.appending(path: "run/metrics.jsonl"), encoding: .utf8)
        #expect(metrics.components(separatedBy: "\"event\":\"stall\"").count == 3, "\(metrics)")
        #expect(ranks.allSatisfy(RunningCommand.waitForEnd))
      }
    }

    @Test func `goes on when all its ranks were stopped, and when nobody watches one`() throws {
      try withTemporaryFolder { folder in
        let trial = try endlessTrial(in: folder)
        for limit in [1, 0] {
          let run = try trial.training(
            ranks: 3, run: "run\(limit)", ["--set", "run.watchdog=\(limit)"]
          ).start()
          #expect(run.waitForLine(containing: "step 20/"))
          let stopped = limit == 0 ? [run.ranks[1]] : run.ranks
          for rank in stopped { kill(rank, SIGSTOP) }
          // Meanwhile another run takes several times as long as the watchdog waits.
          try trial.train(ranks: 1, run: "other\(limit)", "--stop-after", "600")
          for rank in stopped { kill(rank, SIGCONT) }
          #expect(run.signal(SIGUSR2))
          let outcome = try run.finish()
          #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        }
      }
    }

    private func endlessTrial(in folder: URL) throws -> Trial {
      try Trial(
        """
        network: {name: lenet, dropout: 0.5}
        data: \(try Material.sample.get())
        steps: 1000000
        batch: {global: 48, micro: 4}
        evaluation: {every: 0}
        checkpoint: {every: 0}
        run: {log: 1}
        """, in: folder)
    }
  }
}
