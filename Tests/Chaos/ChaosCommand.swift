import ArgumentParser
import Foundation
import Launching
import Storage

/// Lets faults from outside strike short trainings, and tells what came of it.
@main
struct ChaosCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launch/chaos",
    abstract: "Lets faults strike short trainings, and prints a table of what came of it.",
    discussion: """
      Faults: \(Fault.all.map(\.name).joined(separator: ", ")).
      Ends with 0 where every run came to what is promised, and with 1 otherwise. A line for each \
      run that did not has its seed and number; --seed repeats its choices.
      """)

  @Option(help: "How often each fault strikes (default: as in the documented table).")
  var runs: Int?
  @Option(help: "The faults, separated by commas (default: all).")
  var faults: String?
  @Option(help: "What all random choices depend on (default: the time).")
  var seed: UInt64?
  @Flag(help: "A short round of all, as in launch/test.")
  var short = false

  func validate() throws {
    if let runs, runs < 1 { throw ValidationError("--runs must be at least 1") }
    for name in names where !Fault.all.contains(where: { $0.name == name }) {
      throw ValidationError(
        "there is no fault named \(name); choose from "
          + Fault.all.map(\.name).joined(separator: ","))
    }
  }

  func run() throws {
    let seed = seed ?? UInt64(Date.now.timeIntervalSince1970)
    let chosen = Fault.all.filter { names.isEmpty || names.contains($0.name) }
    Console.complain("chaos: seed \(seed)")
    let round = try withTemporaryFolder { folder in
      var round = Round(seed: seed, ground: try Ground(in: folder))
      for fault in chosen {
        let runs = runs ?? (short ? fault.shortRuns : fault.runs)
        if runs > 0 { try round.strike(fault, runs: runs) }
      }
      return round
    }
    print(Table(round: round).text)
    print("\nseed \(seed), \(Ground.ranks) ranks unless said otherwise")
    guard round.held else { throw ArgumentParser.ExitCode(1) }
  }

  private var names: [String] {
    (faults ?? "").split(separator: ",").map(String.init)
  }
}
