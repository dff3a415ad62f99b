import Foundation
import Launching

#if canImport(Glibc)
  import Glibc
#endif

// Processes that are killed.

extension Fault {
  static let killedRank = Fault(
    name: "kill-rank", title: "kill -9 of a random rank at a random moment",
    promise: "started again, same sha256", runs: 100, shortRuns: 1
  ) { trial, chance in
    let run = try trial.supervised().start()
    let blow = try trial.killSomeRank(of: run, &chance)
    try run.finish().requireSuccess("trainer run")
    try trial.requireUndisturbedEnd()
    return Finding(figures: Record(of: trial).cost(ofBlowAt: blow))
  }

  static let fewerRanks = Fault(
    name: "fewer-ranks", title: "the same, started again with N−1, N/2 or 1 ranks",
    promise: "same sha256", runs: 30, shortRuns: 0
  ) { trial, chance in
    let run = try trial.supervised(["--max-restarts", "0"]).start()
    let blow = try trial.killSomeRank(of: run, &chance)
    let first = try run.finish()
    try require([0, 137].contains(first.status), "status \(first.status): \(first.lastLines)")
    let ranks = [Ground.ranks - 1, Ground.ranks / 2, 1].randomElement(using: &chance)!
    try trial.supervised(ranks: ranks).run().requireSuccess("the second start")
    try trial.requireUndisturbedEnd()
    return Finding(figures: Record(of: trial).cost(ofBlowAt: blow), kind: "\(ranks) ranks")
  }

  static let killedLauncher = Fault(
    name: "kill-mpirun", title: "kill -9 of mpirun under the supervisor",
    promise: "its ranks gone within 4 s, started again, same sha256", runs: 20, shortRuns: 1
  ) { trial, chance in
    let run = try trial.supervised().start()
    let processes = try run.processesOnceThere()
    chance.sleep(upTo: trial.ground.duration)
    let blow = Date.now
    try send(SIGKILL, to: processes.mpirun, of: run)
    let isGone = awaited(upTo: 4) { processes.ranks.contains(where: isRunning) ? nil : true }
    let gone = Date.now.timeIntervalSince(blow)
    let outcome = try run.finish()
    try require(isGone != nil, "ranks live on for 4 s")
    try outcome.requireSuccess("trainer run")
    try trial.requireUndisturbedEnd()
    var figures = Record(of: trial).cost(ofBlowAt: blow)
    figures[.gone] = gone
    return Finding(figures: figures)
  }

  static let killedSupervisor = Fault(
    name: "kill-supervisor", title: "kill -9 of the supervisor",
    promise: "nothing left after 4 s; the next start resumes, same sha256", runs: 20, shortRuns: 1
  ) { trial, chance in
    let run = try trial.supervised().start()
    _ = try run.processesOnceThere()
    chance.sleep(upTo: trial.ground.duration)
    let processes = run.descendants
    guard let supervisor = run.launcher else { throw Missed() }
    let blow = Date.now
    try send(SIGKILL, to: supervisor, of: run)
    let isGone = awaited(upTo: 4) {
      processes.contains(where: isRunning) || !trial.leftOvers().isEmpty ? nil : true
    }
    let gone = Date.now.timeIntervalSince(blow)
    _ = try run.finish()
    try require(
      isGone != nil,
      "left after 4 s: \(processes.filter(isRunning)) \(trial.leftOvers())")
    try trial.supervised(ranks: Int.random(in: 1...Ground.ranks, using: &chance)).run()
      .requireSuccess("the next start")
    try trial.requireUndisturbedEnd()
    return Finding(figures: [.gone: gone])
  }
}

extension Trial {
  /// Kills one of the ranks of a supervised run at some moment of its life; says when.
  func killSomeRank(of run: RunningCommand, _ chance: inout Chance) throws -> Date {
    let ranks = try run.processesOnceThere().ranks
    chance.sleep(upTo: ground.duration)
    let blow = Date.now
    try send(SIGKILL, to: ranks.randomElement(using: &chance)!, of: run)
    return blow
  }
}

extension RunningCommand {
  /// mpirun and the ranks of a supervised run, as soon as they all are there.
  func processesOnceThere() throws -> (mpirun: pid_t, ranks: [pid_t]) {
    let found = awaited(upTo: 20) { supervised.flatMap { $0.ranks.isEmpty ? nil : $0 } }
    guard let found else { throw Broken("no rank within 20 s: \(try finish().lastLines)") }
    return found
  }
}

/// Sends a signal to a process of a run; if the process has ended, the blow has missed.
func send(_ signal: Int32, to process: pid_t, of run: RunningCommand) throws {
  // 0 or -1 in place of a process would be a whole group of them.
  guard process > 1, isRunning(process), kill(process, signal) == 0 else {
    _ = try run.finish()
    throw Missed()
  }
}

/// Whether a process is there and no zombie.
func isRunning(_ process: pid_t) -> Bool {
  let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
  return status.map { !$0.contains("State:\tZ") } ?? false
}
