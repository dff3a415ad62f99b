import Foundation
import Launching
import Testing

#if canImport(Glibc)
  import Glibc
#endif

extension Runs {
  @Suite struct `A save that fails` {
    /// How this user gets a mount of their own.
    static let unshare =
      geteuid() == 0 ? ["unshare", "--mount"] : ["unshare", "--map-root-user", "--mount"]

    static let canMount =
      (try? Command(
        unshare + ["mount", "-t", "tmpfs", "tmpfs", NSTemporaryDirectory()]
      ).run().status) == 0

    /// Runs the words that follow on a disk of 5 MB, where one checkpoint of LeNet fits, and then
    /// on one of 50 MB; the disk is gone with the shell.
    static let onSmallDisk = """
      mkdir run && mount -t tmpfs -o size=5m tmpfs run || exit 99
      "$@"; echo "status $?"
      ls run/checkpoints; (cd run/checkpoints && sha256sum -c *.sha256)
      mount -o remount,size=50m run
      "$@"; echo "status $?"
      sha256sum run/checkpoints/step-00000006.h5
      """

    @Test(.enabled(if: canMount, "needs the right to mount a small disk"), arguments: [1, 8])
    func `for want of space stops no training, and keeps the checkpoint before`(ranks: Int)
      throws
    {
      try withTemporaryFolder { folder in
        let plan = usualPlan(data: try Material.sample.get()) + "\nrun: {log: 1}"
        let trial = try Trial(plan, in: folder)
        try trial.train(ranks: 2, run: "whole", "--set", "steps=6")
        var command = trial.training(ranks: ranks, run: "run", ["--set", "steps=6"])
        command.words = Self.unshare + ["sh", "-c", Self.onSmallDisk, "sh"] + command.words
        let outcome = try command.run()
        // Two runs, so the status is that of the last command; the line is the first run's.
        Mistake(0, "step 6, is not saved", "No space left").expect(outcome, ranks: ranks)
        let halves = outcome.output.components(separatedBy: "status 74\n")
        try #require(halves.count == 2, "\(outcome.output)")
        let full = "checkpoint after step 4 is not saved: cannot write"
        #expect(halves[0].contains(full) && halves[0].contains("step 6/6"), "\(halves[0])")
        // Told before it is full, and told once.
        let told = halves[0].components(separatedBy: "its disk is nearly full")
        #expect(told.count == 2 && !told[0].contains("is not saved"), "\(halves[0])")
        #expect(
          halves[1].hasPrefix(
            "step-00000002.h5\nstep-00000002.h5.sha256\nstep-00000002.h5: OK\n"), "\(halves[1])")
        #expect(halves[1].contains("resuming after step 2\n"))
        #expect(halves[1].contains("status 0\n\(trial.hash("whole", step: 6))  "))
      }
    }

    /// A folder stands where the digest is to be: this fails for every user, root included.
    @Test func `for another reason stops no training either`() throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        try trial.train(ranks: 1, run: "whole")
        try trial.train(ranks: 3, run: "run", "--stop-after", "2")
        let early = trial.hash("run", step: 2)
        let obstacle = trial.checkpoint("run", step: 4).appendingPathExtension("sha256")
        try FileManager.default.createDirectory(
          at: obstacle.appending(path: "in the way"), withIntermediateDirectories: true)
        let outcome = try trial.training(ranks: 3, run: "run").run()
        Mistake(74, "step 4, is not saved", "Is a directory").expect(outcome, ranks: 3)
        #expect(outcome.output.contains("finished: 4 steps\n"))
        #expect(trial.hash("run", step: 2) == early)
        try FileManager.default.removeItem(at: obstacle)
        try trial.train(ranks: 2, run: "run")
        #expect(trial.hash("run", step: 4) == trial.hash("whole", step: 4))
      }
    }
  }
}
