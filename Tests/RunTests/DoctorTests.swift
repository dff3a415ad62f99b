import Foundation
import Launching
import Testing

#if canImport(Glibc)
  import Glibc
#endif

extension Runs {
  /// Faults are made for real: what the doctor is told, a run would be told too.
  @Suite struct Doctor {
    private struct Finding: Decodable {
      struct Complaint: Decodable {
        let what: String
        let remedy: String
        let stops: Bool
      }

      let subject: String
      let verdict: String
      let facts: [String]
      let complaints: [Complaint]
    }

    /// How this user gets mounts of their own.
    private static let unshare =
      geteuid() == 0 ? ["unshare", "--mount"] : ["unshare", "--map-root-user", "--mount"]

    static let canMount =
      (try? Command(
        unshare + ["mount", "-t", "tmpfs", "tmpfs", NSTemporaryDirectory()]
      ).run().status) == 0

    @Test func `finds nothing that stops training where tests can run, and starts two ranks`()
      throws
    {
      try withTemporaryFolder { folder in
        let (status, findings) = try examine(folder)
        #expect(status == 0)
        #expect(
          findings.map(\.subject) == [
            "processor", "cores", "BLAS", "memory", "container", "MPI", "shared memory", "launch",
            "HDF5", "disk",
          ])
        #expect(findings.allSatisfy { $0.verdict != "fault" && !$0.facts.isEmpty })
        let launch = try #require(findings.first { $0.subject == "launch" })
        #expect(launch.facts.contains("2 ranks on 1 node"))
        #expect(launch.facts.contains { $0.hasPrefix("window ") && $0.hasSuffix(" ms for 1 MB") })
        #expect(launch.facts.contains { $0.hasPrefix("messages ") })
        // Nothing is left where it wrote.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])

        let text = try Command("trainer", ranks: nil, ["doctor"], in: folder).run()
        #expect(text.status == 0 && text.output.hasSuffix("\nNothing stops training.\n"))
        for finding in findings { #expect(text.output.contains(" \(finding.subject) ")) }
      }
    }

    @Test func `compares a plan's needs with what there is`() throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        let (status, findings) = try examine(trial.folder, ["plan.yaml", "-n", "3"])
        #expect(status == 0)
        let memory = findings.first { $0.subject == "memory" }
        #expect(memory?.facts.contains { $0.hasSuffix(" MB for 3 ranks") } == true)
        let disk = findings.first { $0.subject == "disk" }
        #expect(disk?.facts.contains("3.3 MB a checkpoint") == true, "\(disk?.facts ?? [])")
        Mistake(66, "nowhere.yaml").expect(
          try trial.trainer(ranks: 1, ["doctor", "nowhere.yaml"]).run(), ranks: 1)
      }
    }

    @Test func `misses mpirun, and sees settings that trainer overrides`() throws {
      try withTemporaryFolder { folder in
        let words = ["env", "PATH=/nowhere", "OPENBLAS_NUM_THREADS=4", "OPENBLAS_CORETYPE=Haswell"]
        let (status, findings) = try examine(folder, after: words)
        #expect(status == 1)
        let mpi = complaints(findings, "MPI")
        #expect(mpi.first?.stops == true && mpi.first?.what.contains("cannot be started") == true)
        #expect(mpi.first?.remedy.contains("launch/install-packages") == true)
        #expect(complaints(findings, "launch").first?.stops == true)
        let blas = complaints(findings, "BLAS")
        #expect(blas.contains { $0.what.contains("OPENBLAS_NUM_THREADS is 4") && !$0.stops })
        #expect(blas.contains { $0.what.contains("OPENBLAS_CORETYPE is Haswell") && !$0.stops })
      }
    }

    @Test func `sees an mpirun that does not start ranks, or starts each for itself`() throws {
      try withTemporaryFolder { folder in
        let broken = "#!/bin/sh\ntest \"$1\" = --version || { echo no orted here >&2; exit 1; }\n"
        try stand(in: folder, for: "mpirun", broken + "exec /usr/bin/mpirun --version\n")
        let path = ["env", "PATH=\(folder.path):/usr/bin:/bin"]
        let first = complaints(try examine(folder, after: path).findings, "launch").first
        #expect(
          first?.what == "two ranks do not start: mpirun ends with exit code 1: no orted here")

        let lonely = "#!/bin/sh\ntest \"$1\" = --version && exec /usr/bin/mpirun --version\n"
        try stand(in: folder, for: "mpirun", lonely + "shift 2\nexec \"$@\"\n")
        let (status, findings) = try examine(folder, after: path)
        #expect(status == 1)
        #expect(
          complaints(findings, "launch").first?.what
            == "mpirun -n 2 makes a world of 1: each rank trains for itself")

        try stand(in: folder, for: "mpirun", "#!/bin/sh\necho 'mpirun (Open MPI) 5.9.9'\n")
        let other = complaints(try examine(folder, after: path).findings, "MPI").first
        #expect(other?.stops == true && other?.what.contains("5.9.9") == true)
      }
    }

    @Test(.enabled(if: ProcessInfo.processInfo.processorCount > 1, "needs two cores"))
    func `counts the cores that a process is bound to`() throws {
      try withTemporaryFolder { folder in
        let bound = try examine(folder, after: ["taskset", "-c", "0"]).findings
        let finding = try #require(bound.first { $0.subject == "cores" })
        #expect(finding.facts.first?.hasPrefix("1 of ") == true)
        #expect(finding.complaints.first?.what.contains("is bound to 1 of ") == true)
      }
    }

    /// Files of both versions of control groups, in the place of the system's.
    @Test(
      .enabled(if: canMount, "needs the right to mount"),
      arguments: [
        "echo '50000 100000' > $G/cpu.max; echo 33554432 > $G/memory.max",
        """
        mkdir $G/cpu $G/memory; echo 150000 > $G/cpu/cpu.cfs_quota_us
        echo 300000 > $G/cpu/cpu.cfs_period_us; echo 33554432 > $G/memory/memory.limit_in_bytes
        """,
      ])
    func `finds a container's limits`(files: String) throws {
      try withTemporaryFolder { folder in
        _ = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        let script = "G=/sys/fs/cgroup; mount -t tmpfs tmpfs $G || exit 99; \(files)\nexec \"$@\""
        let (status, findings) = try examine(
          folder, ["plan.yaml", "-n", "12"], after: Self.unshare + ["sh", "-c", script, "sh"])
        #expect(status == 1)
        let cores = try #require(findings.first { $0.subject == "cores" })
        #expect(cores.facts.contains("a control group allows the time of 0.5 cores"))
        let memory = try #require(findings.first { $0.subject == "memory" })
        #expect(memory.facts.contains("a control group allows 32.0 MB"))
        #expect(memory.complaints.first?.stops == true)
      }
    }

    @Test(.enabled(if: canMount, "needs the right to mount"))
    func `sees a small /dev/shm, and none`() throws {
      try withTemporaryFolder { folder in
        _ = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        let small = "mount -t tmpfs -o size=12m tmpfs /dev/shm || exit 99; exec \"$@\""
        let (status, findings) = try examine(
          folder, ["plan.yaml", "-n", "2"], after: Self.unshare + ["sh", "-c", small, "sh"])
        #expect(status == 0)
        let complaint = complaints(findings, "shared memory").first
        #expect(complaint?.what.contains("/dev/shm has 12.0 MB free and 2 ranks take") == true)
        #expect(complaint?.remedy.contains("--shm-size=1g") == true)
      }
    }

    @Test(.enabled(if: canMount, "needs the right to mount"))
    func `sees a disk on which no checkpoint fits`() throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        try FileManager.default.createDirectory(
          at: folder.appending(path: "disk"), withIntermediateDirectories: true)
        for (filler, part) in [("true", "a checkpoint takes"), (Self.fill, "No space left")] {
          let script = "mount -t tmpfs -o size=1m tmpfs disk || exit 99; \(filler); exec \"$@\""
          let (status, findings) = try examine(
            trial.folder, ["plan.yaml", "--run", "disk/runs"],
            after: Self.unshare + ["sh", "-c", script, "sh"])
          #expect(status == 1)
          let complaint = complaints(findings, "disk").last
          #expect(complaint?.stops == true && complaint?.what.contains(part) == true)
        }
      }
    }

    /// Takes all space of the disk.
    private static let fill = "cat /dev/zero > disk/filler 2>/dev/null"

    private func examine(
      _ folder: URL, _ arguments: [String] = [], after words: [String] = []
    ) throws -> (status: Int32, findings: [Finding]) {
      var command = Command("trainer", ranks: nil, ["doctor", "--json"] + arguments, in: folder)
      command.words = words + command.words
      let outcome = try command.run()
      #expect(outcome.errors.isEmpty, "\(outcome.errors)")
      return (
        outcome.status, try JSONDecoder().decode([Finding].self, from: Data(outcome.output.utf8))
      )
    }

    private func complaints(_ findings: [Finding], _ subject: String) -> [Finding.Complaint] {
      findings.first { $0.subject == subject }?.complaints ?? []
    }

    /// Writes a program that stands for another.
    private func stand(in folder: URL, for program: String, _ script: String) throws {
      let file = folder.appending(path: program)
      try Data(script.utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
  }
}
