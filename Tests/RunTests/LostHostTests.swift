import Foundation
import Launching
import Testing

#if canImport(Glibc)
  import Glibc
#endif

extension Runs {
  @Suite struct `A run on several hosts` {
    /// Losses are noticed sooner than Open MPI's keepalive messages are usually sent.
    static let soon = ["time=2", "intvl=1", "probes=2"].map { "OMPI_MCA_oob_tcp_keepalive_" + $0 }

    @Test(.enabled(if: TwoHosts.arePossible, "needs root and network namespaces"))
    func `goes on with the host that is left where the cable to the other is cut`() throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(steps: 1_000_000, in: folder)
        var command = trial.trainer(
          ranks: 1,
          [
            "run", "plan.yaml", "--run", "run", "--host", "10.77.0.1:2,10.77.0.2:1",
            "--min-ranks", "2", "--set", "checkpoint.every=20",
          ])
        command.words = ["env"] + Self.soon + [TwoHosts.program] + command.words
        let run = try command.start()
        #expect(run.waitForLine(containing: "3 ranks, messages"))
        #expect(run.waitForLine(containing: "step 50/"))
        #expect(run.signal(SIGUSR1))
        #expect(run.waitForLine(containing: "2 ranks, window"))
        #expect(run.waitForLine(containing: "recovered in "))
        #expect(run.signal(SIGTERM))
        let outcome = try run.finish()
        #expect(outcome.status == 143, "\(outcome.status)")
        #expect(
          outcome.errors.contains(
            "trainer: mpirun has lost a machine; 10.77.0.2 does not answer, starting again with "
              + "2 ranks from the checkpoint after step "), "\(outcome.errors)")
        try trial.expectWholeBytes()
      }
    }

    @Test func `is refused where hosts are none, with the place`() throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(steps: 4, in: folder)
        try Data("# two\nnode1 slots=2\nnode2\n".utf8).write(to: folder.appending(path: "hosts"))
        let mistakes = [
          Mistake(arguments: ["--host", "a:2,a:1"], 64, "--host: a is there twice"),
          Mistake(arguments: ["--host", "a:x"], 64, "--host: a: say how many ranks it takes"),
          Mistake(arguments: ["--host", "a,,b"], 64, "--host: \"\" is no name of a machine"),
          Mistake(arguments: ["--hostfile", "hosts"], 64, "hosts:3: node2: say how many ranks"),
          Mistake(arguments: ["--hostfile", "none"], 66, "none", "No such file"),
          Mistake(arguments: ["--hostfile", "hosts", "--host", "a"], 64, "keep one of them"),
        ]
        for mistake in mistakes {
          let words = ["run", "plan.yaml"] + mistake.arguments
          mistake.expect(try trial.trainer(ranks: 1, words).run(), ranks: 1)
        }
      }
    }
  }
}
