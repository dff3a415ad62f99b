import Foundation
import Launching

extension Outcome {
  /// The probe's lines without their rank, each different one once.
  var distinctLines: Set<String> {
    Set(lines.map { $0.split(separator: ":", maxSplits: 1).last.map(String.init) ?? $0 })
  }

  /// The probe's lines, one a rank.
  var lines: [String] {
    output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("rank ") }
  }
}

/// Starts the reduction probe on `ranks` ranks, or without mpirun for nil.
func reductionProbe(ranks: Int?, _ arguments: String...) throws -> Outcome {
  try Command("reduction-probe", ranks: ranks, arguments).run()
}

/// Starts the reduction probe on ranks that alternate between two hosts.
func reductionProbeOnTwoHosts(ranks: Int, _ arguments: String...) throws -> Outcome {
  try Command([TwoHosts.program, "\(ranks)", built("reduction-probe")] + arguments).run()
}
