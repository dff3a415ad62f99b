import Foundation
import Launching
import Testing

#if canImport(Glibc)
  import Glibc
#endif

extension Runs {
  /// Runs that cannot end by themselves; lines and files tell when a blow is due.
  @Suite struct `A supervised run` {
    @Test(arguments: ["a rank", "mpirun"])
    func `goes on after a death, and ends in the same bytes`(victim: String) throws {
      try withTemporaryFolder { folder in
        let trial = try endlessTrial(in: folder)
        let run = try supervised(trial, ["--set", "checkpoint.every=20"]).start()
        #expect(run.waitForLine(containing: "step 50/"))
        let processes = try #require(run.supervised)
        try #require(processes.ranks.count == 3)
        kill(victim == "mpirun" ? processes.mpirun : processes.ranks.randomElement()!, SIGKILL)
        #expect(run.waitForLine(containing: "resuming after step "))
        #expect(processes.ranks.allSatisfy { kill($0, 0) != 0 })
        #expect(run.signal(SIGTERM))
        let outcome = try run.finish()
        let line = "trainer: \(victim) died of signal 9 (Killed); starting again with 3 ranks from "
        #expect(outcome.status == 143 && outcome.errorLines.count == 1, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix(line + "the checkpoint after step "), "\(outcome.errors)")
        try expectWholeBytes(trial)
      }
    }

    static let cores = ProcessInfo.processInfo.activeProcessorCount

    @Test(.enabled(if: cores > 1, "needs two cores, of which one can be taken away"))
    func `goes on with fewer ranks where a core is gone, and tells what that has cost`() throws {
      try withTemporaryFolder { folder in
        let trial = try endlessTrial(in: folder)
        let run = try supervised(
          trial, ["-n", "2", "--min-ranks", "1", "--set", "checkpoint.every=20"]
        ).start()
        #expect(run.waitForLine(containing: "step 50/"))
        let supervisor = try #require(run.launcher)
        let processes = try #require(run.supervised)
        try #require(processes.ranks.count == 2)
        let core = try Command(["taskset", "-pc", "0", "\(supervisor)"]).run()
        try #require(core.status == 0, "\(core.errors)")
        kill(processes.ranks[1], SIGKILL)
        #expect(run.waitForLine(containing: "recovered in "))
        #expect(run.signal(SIGTERM))
        let outcome = try run.finish()
        #expect(
          outcome.errors.hasPrefix(
            "trainer: a rank died of signal 9 (Killed); \(Self.cores - 1) of \(Self.cores) cores "
              + "gone, starting again with 1 rank from the checkpoint after step "),
          "\(outcome.errors)")
        let metrics = try String(
          contentsOf: folder.appending(path: "run/metrics.jsonl"), encoding: .utf8)
        #expect(metrics.components(separatedBy: "\"event\":\"recovery\"").count == 2)
        try expectWholeBytes(trial)
      }
    }

    @Test func `that loses its supervisor leaves nothing, and goes on when started again`()
      throws
    {
      try withTemporaryFolder { folder in
        let trial = try endlessTrial(in: folder)
        let run = try supervised(trial, ["--set", "checkpoint.every=20"]).start()
        #expect(run.waitForLine(containing: "step 50/"))
        // mpirun gives the ranks a second, in which a busy machine may not come to a checkpoint.
        #expect(try RunningCommand.wait { try !trial.steps().isEmpty })
        let processes = run.descendants
        // The supervisor, its sweeper, mpirun, three ranks.
        try #require(processes.count >= 6)
        #expect(try !leftOvers(trial).isEmpty)
        #expect(run.signal(SIGKILL))
        _ = try run.finish()
        #expect(processes.allSatisfy(RunningCommand.waitForEnd))
        #expect(try leftOvers(trial) == [])
        try expectGoesOn(trial)
      }
    }

    @Test func `that loses all its processes at once is swept up by the next start`() throws {
      try withTemporaryFolder { folder in
        let trial = try endlessTrial(in: folder)
        let run = try supervised(trial, ["--set", "checkpoint.every=20"]).start()
        #expect(run.waitForLine(containing: "step 50/"))
        let processes = run.descendants
        try #require(processes.count >= 6 && processes.allSatisfy { $0 > 1 })
        for process in processes { kill(process, SIGSTOP) }
        for process in processes { kill(process, SIGKILL) }
        _ = try run.finish()
        #expect(processes.allSatisfy(RunningCommand.waitForEnd))
        #expect(try !leftOvers(trial).isEmpty)
        try expectGoesOn(trial)
      }
    }

    @Test func `saves on SIGUSR1, saves and ends on SIGTERM`() throws {
      try withTemporaryFolder { folder in
        let trial = try endlessTrial(in: folder)
        let run = try supervised(trial).start()
        #expect(run.waitForLine(containing: "step 5/"))
        #expect(run.signal(SIGUSR1))
        #expect(try RunningCommand.wait { try !trial.steps().isEmpty })
        let saved = try #require(try trial.steps().last)
        #expect(run.waitForLine(containing: "step \(saved + 10)/"))
        #expect(run.signal(SIGTERM))
        let outcome = try run.finish()
        let last = try #require(try trial.steps().last)
        #expect(last > saved && outcome.output.contains("stopped after \(last) steps\n"))
        #expect(outcome.status == 143 && outcome.errors.isEmpty, "\(outcome.errors)")
        try expectGoesOn(trial)
      }
    }

    @Test func `ends at a second signal, although a rank does not answer`() throws {
      try withTemporaryFolder { folder in
        let trial = try endlessTrial(in: folder)
        let run = try supervised(trial).start()
        #expect(run.waitForLine(containing: "step 5/"))
        let ranks = try #require(run.supervised?.ranks)
        kill(try #require(ranks.first), SIGSTOP)
        #expect(run.signal(SIGTERM) && run.signal(SIGINT))
        let outcome = try run.finish()
        #expect([143, 130].contains(outcome.status), "\(outcome.status)")
        #expect(outcome.errors.contains("stopped before a checkpoint was saved; the same command"))
        #expect(try leftOvers(trial) == [])
      }
    }

    @Test func `is not tried again with a wrong plan or a loss that is no number`() throws {
      try withTemporaryFolder { folder in
        let trial = try endlessTrial(in: folder)
        Mistake(64, "lenett", "mean lenet?")
          .expect(try supervised(trial, ["--set", "network=lenett"]).run(), ranks: 3)
        Mistake(65, "not finite", "optimizer.lr")
          .expect(try supervised(trial, ["--set", "optimizer.lr=1e30"]).run(), ranks: 3)
        Mistake(64, "-n must be at least 1")
          .expect(try supervised(trial, ["-n", "0"]).run(), ranks: 3)
        Mistake(64, "trainer run starts mpirun itself")
          .expect(try trial.trainer(ranks: 2, ["run", "plan.yaml"]).run(), ranks: 2)
        #expect(try leftOvers(trial) == [])
      }
    }

    @Test func `is tried with fewer ranks, and given up after too many starts in vain`() throws {
      try withTemporaryFolder { folder in
        let trial = try endlessTrial(in: folder)
        let other = try trial.training(ranks: 1, run: "run").start()
        #expect(other.waitForLine(containing: "step 5/"))
        let outcome = try supervised(
          trial, ["-n", "4", "--max-restarts", "2", "--min-ranks", "2"]
        ).run()
        #expect(other.signal(SIGUSR2))
        #expect(try other.finish().status == 0)
        let lines = outcome.errorLines.filter { !$0.contains("another trainer is at work") }
        try #require(outcome.status == 75 && lines.count == 3, "\(outcome.errors)")
        #expect(outcome.errorLines.count == 6)
        #expect(lines[0].contains("starting again with 4 ranks from the beginning (restart 1 of 2"))
        #expect(lines[1].contains("starting again with 2 ranks from the beginning (restart 2 of 2"))
        #expect(lines[2].contains("giving up after 3 starts without a newer checkpoint"))
      }
    }

    @Test func `that is done ends with 0, in the environment of a bare shell`() throws {
      try withTemporaryFolder { folder in
        let trial = try endlessTrial(in: folder)
        let outcome = try supervised(trial, ["--stop-after", "7"]).run()
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        try expectWholeBytes(trial)
      }
    }

    private func endlessTrial(in folder: URL) throws -> Trial {
      for name in ["tmp", "shm"] {
        try FileManager.default.createDirectory(
          at: folder.appending(path: name), withIntermediateDirectories: true)
      }
      return try Trial(steps: 1_000_000, in: folder)
    }

    /// The supervisor with nothing of launch/env, and folders of its own for what it may leave.
    private func supervised(_ trial: Trial, _ arguments: [String] = []) -> Command {
      let ranks = arguments.contains("-n") ? [] : ["-n", "3"]
      return trial.trainer(ranks: 1, ["run", "plan.yaml", "--run", "run"] + ranks + arguments)
        .inBareShell(of: trial.folder)
    }

    /// What lies where a run has its temporary files.
    private func leftOvers(_ trial: Trial) throws -> [String] {
      try ["tmp", "shm"].flatMap {
        try FileManager.default.contentsOfDirectory(atPath: trial.folder.appending(path: $0).path)
      }
    }

    /// Starts the same command again, for one step more, and compares the result.
    private func expectGoesOn(_ trial: Trial) throws {
      let last = try #require(try trial.steps().last)
      let outcome = try supervised(trial, ["--stop-after", "\(last + 1)"]).run()
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("resuming after step \(last)\n"))
      try expectWholeBytes(trial)
    }

    /// Nothing is left but a run whose newest checkpoint is that of an undisturbed one.
    private func expectWholeBytes(_ trial: Trial) throws {
      #expect(try leftOvers(trial) == [])
      try trial.expectWholeBytes()
    }
  }
}
