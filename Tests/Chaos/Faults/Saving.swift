import Foundation
import Launching
import Storage

#if canImport(Glibc)
  import Glibc
#endif

// What goes wrong while a checkpoint is written.

extension Fault {
  static let killedSave = Fault(
    name: "kill-save", title: "everything killed during a checkpoint write",
    promise: "the newest complete checkpoint loads, same sha256", runs: 100, shortRuns: 1
  ) { trial, chance in
    let run = try trial.trained(ranks: 2, ["--set", "checkpoint.every=1"]).start()
    _ = awaited(upTo: 20) { run.ranks.count == 2 ? true : nil }
    let processes = run.ranks + [run.launcher ?? 0]
    chance.sleep(upTo: 0.5 * trial.ground.duration)
    try trial.waitForSave(processes[0])
    usleep(UInt32.random(in: 0...4000, using: &chance))
    for process in processes where process > 1 { kill(process, SIGKILL) }
    _ = try run.finish()
    // Otherwise the write had ended already.
    guard trial.checkpointFiles().contains(where: { $0.hasSuffix(".partial") }) else {
      throw Missed()
    }
    try trial.requireSoundCheckpoints()
    try trial.requireResumption(ranks: Int.random(in: 1...Ground.ranks, using: &chance))
    return Finding()
  }

  /// How this user gets a mount of their own.
  private static let unshare =
    geteuid() == 0 ? ["unshare", "--mount"] : ["unshare", "--map-root-user", "--mount"]

  static let fullDisk = Fault(
    name: "full-disk", title: "disk full (small tmpfs) while saving",
    promise: "training goes on to its end; older checkpoints stay good", runs: 10, shortRuns: 1
  ) { trial, chance in
    let kilobytes = Int.random(in: 4000...12_000, using: &chance)
    var command = trial.trained(ranks: 2)
    command.words =
      unshare + [
        "sh", "-c",
        """
        mkdir run && mount -t tmpfs -o size=\(kilobytes)k tmpfs run || exit 99
        "$@"; status=$?; cp -a run kept; exit $status
        """, "sh",
      ] + command.words
    let outcome = try command.run()
    if outcome.status == 99 { throw Broken("no right to mount a small disk here") }
    try require(
      outcome.status == 74 && outcome.output.contains("finished: \(Ground.steps) steps"),
      "status \(outcome.status): \(outcome.lastLines)")
    try FileManager.default.removeItem(atPath: trial.folder.path + "/run")
    try FileManager.default.moveItem(
      atPath: trial.folder.path + "/kept", toPath: trial.folder.path + "/run")
    try require(!trial.steps().isEmpty, "no checkpoint is left")
    try trial.requireSoundCheckpoints()
    try trial.requireResumption(ranks: Int.random(in: 1...Ground.ranks, using: &chance))
    return Finding()
  }
}

extension Trial {
  /// Waits until a checkpoint is being written; the blow has missed if that does not come.
  fileprivate func waitForSave(_ process: pid_t) throws {
    while isRunning(process) {
      // Looking is fast, asking for the process is not.
      for _ in 0..<200 where checkpointFiles().contains(where: { $0.hasSuffix(".partial") }) {
        return
      }
    }
    throw Missed()
  }

  /// Throws unless every checkpoint that has its final name has the digest beside it.
  func requireSoundCheckpoints() throws {
    for step in steps() {
      let path = checkpoint(step: step)
      let stated = try DurableFile.statedDigest(of: path)
      try require(try MappedFile(path).digest == stated, "\(path) is damaged")
    }
  }

  /// Throws unless the run goes on from its newest checkpoint without complaint, to the same end.
  func requireResumption(ranks: Int) throws {
    let newest = steps().last ?? 0
    let outcome = try supervised(ranks: ranks).run().requireSuccess("the next start")
    try require(
      newest == 0 || outcome.output.contains("resuming after step \(newest)\n"),
      "not resumed after step \(newest): \(outcome.lastLines)")
    try require(!outcome.output.contains("warning"), outcome.lastLines)
    try requireUndisturbedEnd()
  }
}
