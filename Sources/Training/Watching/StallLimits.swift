import Collectives
import Storage

/// For how long a rank may show no change.
package struct StallLimits: Sendable {
  /// Seconds that the plan allows; nil to follow the usual time of a step.
  package let planned: Double?

  /// Limits of a plan.
  package init(planned: Double?) { self.planned = planned }

  /// The least that is allowed where the plan does not say: 8 ranks may share 2 cores, and a core
  /// may be lent to others for a while.
  private static let floor = 60.0
  /// How many times the usual time of a step is allowed.
  private static let usualSteps = 20.0
  /// How much longer than in a step it may take to read many samples, or to wait for a disk or a
  /// terminal.
  private static let interruption = 10.0
  /// How much longer the first step may take: pages are read, and memory is touched first.
  private static let firstStep = 5.0
  /// How much longer the ranks of a node may wait for another node, which is to speak first.
  private static let elsewhere = 1.5
  /// The part of a limit after which it is said that somebody is late.
  static let notice = 1.0 / 6

  /// Seconds without a change after which a rank that is in `phase` ends the run.
  func limit(in phase: Phase, usualStep: Double?) -> Double {
    let base = base(usualStep)
    switch phase {
    case .preparing, .logging, .evaluating, .saving, .finishing: return base * Self.interruption
    case .reading, .forward, .backward, .reducing, .waiting, .updating, .publishing: return base
    }
  }

  /// Seconds that all ranks of a node may wait, of which one may be at an evaluation or a save.
  func limit(forAllWaiting mark: ProgressMark, usualStep: Double?) -> Double {
    base(usualStep) * (mark.followsInterruption ? Self.interruption : Self.elsewhere)
  }

  private func base(_ usualStep: Double?) -> Double {
    let factor = usualStep == nil ? Self.firstStep : 1
    return factor * (planned ?? max(Self.floor, Self.usualSteps * (usualStep ?? 0)))
  }
}
