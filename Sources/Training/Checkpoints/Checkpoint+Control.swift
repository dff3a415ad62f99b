// What a checkpoint's control group may hold: a file of another program, or a forged one, whose
// digest holds all the same, must not lead a run astray.

extension Checkpoint {
  /// The numbers of the control group that are no counts.
  private static let figures: Set<String> = [
    "best_accuracy", "plateau_best", "patience_best", "rate_factor",
  ]

  /// The largest count: no run has more steps.
  private static let largestCount = 1_000_000_000.0

  /// Throws unless a run can go on with all numbers of the control group.
  func requireControl(_ file: String) throws(CheckpointError) {
    for (name, value) in control.sorted(by: { $0.key < $1.key }) {
      if Self.figures.contains(name) {
        if !value.isNaN, name != "rate_factor" || value.isFinite { continue }
        throw CheckpointError(
          "\(file): control/\(name) is \(value), which is no number to go on with")
      }
      guard value >= 0, value <= Self.largestCount, value.rounded() == value else {
        throw CheckpointError(
          "\(file): control/\(name) is \(value), must be a whole number from 0 to "
            + "\(Int(Self.largestCount))")
      }
    }
  }
}
