/// When the rate falls where `schedule` is `plateau`: the keys that only this schedule has.
public struct PlateauPlan: Hashable, Sendable {
  /// How many evaluations in a row may be no better.
  public var patience: Int
  /// By what part of the best figure so far a better one has to pass it.
  public var threshold: Double
  /// For how many evaluations after a fall none counts as worse.
  public var cooldown: Int

  /// Reads the keys of a schedule.
  init(_ keys: KeyedDecodingContainer<SchedulePlan.CodingKeys>) throws {
    patience = try keys.value(.patience, default: 10)
    threshold = try keys.value(.threshold, default: 1e-4)
    cooldown = try keys.value(.cooldown, default: 0)
    try keys.check(patience, .patience, in: 0..., "at least 0")
    try keys.check(threshold, .threshold, in: 0..<1, "at least 0 and below 1")
    try keys.check(cooldown, .cooldown, in: 0..., "at least 0")
  }
}
