import Foundation
import Storage

/// One round: every fault so often, and what came of it.
struct Round {
  let seed: UInt64
  let ground: Ground
  private(set) var tallies: [Tally] = []

  /// What came of a fault.
  struct Tally {
    let fault: Fault
    var findings: [Finding] = []
    var broken = 0
    var missed = 0
    var runs: Int { findings.count + broken }
  }

  init(seed: UInt64, ground: Ground) {
    (self.seed, self.ground) = (seed, ground)
  }

  /// Whether everything was as promised.
  var held: Bool { tallies.allSatisfy { $0.broken == 0 && $0.runs > 0 } }

  /// Lets a fault strike so often; a blow that misses is repeated with other choices.
  mutating func strike(_ fault: Fault, runs: Int) throws {
    var tally = Tally(fault: fault)
    let began = ContinuousClock.now
    var number = 0
    while tally.runs < runs, number < 4 * runs + 8 {
      number += 1
      var chance = Chance(seed: seed, fault: fault.name, run: number)
      let trial = try Trial(ground, "\(fault.name)-\(number)")
      do {
        tally.findings.append(try fault.strike(trial, &chance))
      } catch is Missed {
        tally.missed += 1
      } catch {
        tally.broken += 1
        let reason = (error as? Broken)?.reason ?? "\(error)"
        Console.complain("chaos: \(fault.name), seed \(seed), run \(number): \(reason)")
        keep(trial)
      }
      trial.remove()
    }
    tallies.append(tally)
    let seconds = Int((ContinuousClock.now - began) / .seconds(1))
    Console.complain(
      "chaos: \(fault.name): \(tally.findings.count) of \(tally.runs) as promised, "
        + "\(tally.missed) missed, \(seconds) s, seed \(seed)")
  }

  /// Keeps the folder of a run that broke a promise, for a person to look at.
  private func keep(_ trial: Trial) {
    let place = "/tmp/lockstep-chaos-broken"
    try? Folder.create(place)
    let name = "\(place)/\(seed)-\(trial.folder.lastPathComponent)"
    try? FileManager.default.copyItem(atPath: trial.folder.path, toPath: name)
    Console.complain("chaos: kept in \(name)")
  }
}
