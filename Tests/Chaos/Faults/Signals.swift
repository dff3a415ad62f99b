import Foundation
import Launching

#if canImport(Glibc)
  import Glibc
#endif

// Signals that ask for a checkpoint.

extension Fault {
  static let terminated = Fault(
    name: "term", title: "SIGTERM to the supervisor",
    promise: "checkpoint within 5 s, exit code 143, exact resume", runs: 20, shortRuns: 1
  ) { trial, chance in
    let run = try trial.supervised(noInterval).start()
    _ = try run.processesOnceThere()
    chance.sleep(upTo: trial.ground.duration)
    guard let supervisor = run.launcher else { throw Missed() }
    return try trial.finding(signal: SIGTERM, to: supervisor, run, status: 143, &chance)
  }

  static let usr1 = Fault(
    name: "usr1", title: "SIGUSR1 to plain mpirun",
    promise: "checkpoint within 5 s, training goes on, exit code 0", runs: 20, shortRuns: 1
  ) { trial, chance in
    let run = try trial.trained(ranks: Ground.ranks, noInterval).start()
    try trial.waitForSomeStep(&chance)
    guard let mpirun = run.launcher else { throw Missed() }
    let blow = Date.now
    try send(SIGUSR1, to: mpirun, of: run)
    let saved = awaited(upTo: 5) { trial.steps().first }
    let time = Date.now.timeIntervalSince(blow)
    try run.finish().requireSuccess("mpirun")
    if saved == Ground.steps { throw Missed() }
    try require(saved != nil, "no checkpoint within 5 s")
    try trial.requireUndisturbedEnd()
    return Finding(figures: [.saved: time])
  }

  static let usr2 = Fault(
    name: "usr2", title: "SIGUSR2 to plain mpirun",
    promise: "checkpoint within 5 s, exit code 0, exact resume", runs: 20, shortRuns: 0
  ) { trial, chance in
    let run = try trial.trained(ranks: Ground.ranks, noInterval).start()
    try trial.waitForSomeStep(&chance)
    guard let mpirun = run.launcher else { throw Missed() }
    return try trial.finding(signal: SIGUSR2, to: mpirun, run, status: 0, &chance)
  }

  /// No checkpoint but those that signals ask for, and the last.
  private static let noInterval = ["--set", "checkpoint.every=0"]
}

extension Trial {
  /// Under plain mpirun, ranks listen from their start on: waits for a step and some more of them.
  fileprivate func waitForSomeStep(_ chance: inout Chance) throws {
    let began = awaited(upTo: 20) { Record(of: self).step > 0 ? true : nil }
    try require(began != nil, "no step within 20 s")
    chance.sleep(upTo: 0.5 * ground.duration)
  }

  /// Sends a signal that asks for a checkpoint and the end, and lets the run go on from there.
  fileprivate func finding(
    signal: Int32, to process: pid_t, _ run: RunningCommand, status: Int32, _ chance: inout Chance
  ) throws -> Finding {
    let hasBegun = Record(of: self).step > 0
    let blow = Date.now
    try send(signal, to: process, of: run)
    let saved = hasBegun ? awaited(upTo: 5) { steps().last } : nil
    let time = Date.now.timeIntervalSince(blow)
    let outcome = try run.finish()
    if steps().last == Ground.steps { throw Missed() }
    // Before the first step there is nothing to save, and ranks may not listen yet.
    try require(saved != nil || !hasBegun, "no checkpoint within 5 s: \(outcome.lastLines)")
    try require(outcome.status == status, "status \(outcome.status): \(outcome.lastLines)")
    try requireResumption(ranks: Int.random(in: 1...Ground.ranks, using: &chance))
    return Finding(
      figures: hasBegun ? [.saved: time] : [:], kind: hasBegun ? nil : "before the first step")
  }
}
