import Foundation
import Launching

extension Fault {
  /// The inputs of one strike.
  private static let inputsOfStrike = 2700

  static let fuzzedInput = Fault(
    name: "fuzz", title: "damaged and hostile files before every reader",
    promise: "no crash, no hang, at most 3 GB; damage is noticed", runs: 40, shortRuns: 1
  ) { trial, chance in
    let seed = UInt64.random(in: 0...999_999, using: &chance)
    let outcome = try Command(
      "fuzz-probe", ranks: nil,
      [
        "--inputs", "\(inputsOfStrike)", "--seed", "\(seed)", "--keep",
        FileManager.default.temporaryDirectory.path + "/lockstep-fuzz",
      ]
    ).run()
    try require(outcome.status == 0, outcome.lastLines)
    return Finding(figures: [.inputs: Double(inputsOfStrike)])
  }
}
