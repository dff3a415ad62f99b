/// What a run under a fault came to, where it came to what is promised.
struct Finding {
  /// Something that is measured in every run of a fault.
  enum Figure: String, CaseIterable {
    /// Seconds from the blow to the first new step.
    case recovery = "s to the first new step"
    /// Steps done before the blow that had to be done again.
    case lostSteps = "steps done again"
    /// Seconds from the blow until nothing was left.
    case gone = "s until nothing is left"
    /// Seconds from the signal until the checkpoint was there.
    case saved = "s until the checkpoint"
    /// Seconds from the blow until it was noticed.
    case noticed = "s until it is noticed"
    /// Inputs that were read.
    case inputs
  }

  /// What was measured.
  var figures: [Figure: Double] = [:]
  /// What kind of case it was, to be counted: "shard", "index".
  var kind: String?
}

/// A run that did not come to what is promised.
struct Broken: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// The blow came too late, or fell where there was nothing to hit: the run counts for nothing.
struct Missed: Error {}

/// Throws `Broken` unless something holds.
func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws {
  if !holds { throw Broken(reason()) }
}
