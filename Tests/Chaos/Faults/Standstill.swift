import Foundation
import Launching

#if canImport(Glibc)
  import Glibc
#endif

extension Fault {
  static let stoppedRank = Fault(
    name: "stop-rank", title: "SIGSTOP of a rank (`run.watchdog: 2`)",
    promise: "named, ended, started again, same sha256", runs: 10, shortRuns: 1
  ) { trial, chance in
    let run = try trial.supervised(["--set", "run.watchdog=2"]).start()
    let ranks = try run.processesOnceThere().ranks
    let began = awaited(upTo: 20) { Record(of: trial).step > 0 ? true : nil }
    try require(began != nil, "no step within 20 s")
    chance.sleep(upTo: 0.3 * trial.ground.duration)
    let victim = ranks.randomElement(using: &chance)!
    let blow = Date.now
    try send(SIGSTOP, to: victim, of: run)
    let outcome = try run.finish().requireSuccess("trainer run")
    let record = Record(of: trial)
    // The run may have come to its end before the blow.
    guard let stall = record.lines.first(where: { $0.event == "stall" }) else { throw Missed() }
    try require(
      outcome.errors.contains("(process \(victim), stopped by a signal)"),
      "the rank is not named: \(outcome.lastLines)")
    try trial.requireUndisturbedEnd()
    var figures = record.cost(ofBlowAt: blow)
    figures[.noticed] = stall.time - blow.timeIntervalSince1970
    return Finding(figures: figures)
  }
}
