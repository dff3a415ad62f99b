import Foundation
import Launching
import Testing

/// What `trainer run` tells mpirun, held against what a shell tells it that has sourced launch/env.
@Suite struct `Settings of mpirun` {
  /// What each rank sets for itself, because it depends on the rank's own node.
  private static let ofRanks: Set<String> = [
    "OMPI_MCA_mpi_yield_when_idle", "OMPI_MCA_btl_vader_single_copy_mechanism",
  ]

  @Test func `are those of launch/env, and folders of the run's own`() throws {
    try withTemporaryFolder { folder in
      // An mpirun that only says what it was told.
      let mpirun = folder.appending(path: "mpirun")
      try Data("#!/bin/sh\nenv\nexit 64\n".utf8).write(to: mpirun)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: mpirun.path)
      let path = "PATH=\(folder.path):/usr/bin:/bin"
      let told = try settings(
        ["env", "-i", path, built("trainer"), "run", "-n", "1", "plan.yaml"], status: 64)
      let sourced = try settings(
        ["env", "-i", path, "bash", "-c", "source '\(package.path)/launch/env'; env"], status: 0)

      let own = told.filter { $0.value.contains("/lockstep-run-") }
      #expect(
        Set(own.keys) == [
          "OMPI_MCA_orte_tmpdir_base", "OMPI_MCA_osc_sm_backing_directory",
          "OMPI_MCA_btl_vader_backing_directory",
        ])
      let common = sourced.filter { !Self.ofRanks.contains($0.key) }
      #expect(told.filter { own[$0.key] == nil } == common)
      #expect(common.count > 8)
    }
  }

  /// The variables that the words print, besides those of any shell.
  private func settings(_ words: [String], status: Int32) throws -> [String: String] {
    let outcome = try Command(words).run()
    #expect(outcome.status == status, "\(outcome.errors)")
    var settings: [String: String] = [:]
    for line in outcome.output.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { settings[String(parts[0])] = String(parts[1]) }
    }
    return settings.filter { !["PATH", "PWD", "SHLVL", "_", "OLDPWD"].contains($0.key) }
  }
}
