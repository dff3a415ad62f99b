public import Collectives
public import Datasets

extension TransportChoice: Codable {}
extension ReadingChoice: Codable {}

/// When to save and what to keep.
public struct CheckpointPlan: Codable, Hashable, Sendable {
  /// How often; 0 for only at the end.
  public var every: Interval
  /// How many of the newest stay.
  public var keep: Int
  /// Whether the one with the best accuracy on the validation samples stays too.
  public var best: Bool

  enum CodingKeys: String, CodingKey, CaseIterable { case every, keep, best }

  /// Reads a mapping.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    every = try keys.value(.every, default: .epochs(1))
    keep = try keys.value(.keep, default: 3)
    best = try keys.value(.best, default: false)
    try keys.check(keep, .keep, in: 1..., "at least 1")
  }
}

/// What changes how a run looks but not its result.
public struct RunPlan: Codable, Hashable, Sendable {
  /// How often a line of progress is written.
  public var log: Interval
  /// How often histograms of weights and gradients are written for TensorBoard; 0 for never.
  public var histograms: Interval
  /// How gradients and parameters travel between ranks.
  public var transport: TransportChoice
  /// When samples are read.
  public var reading: ReadingChoice
  /// Seconds without a change after which a rank that is late ends the run, 0 for never; nil to
  /// follow the usual time of a step.
  public var watchdog: Double?
  /// How often copies of parameters are compared; 0 to check no memory at all.
  public var verify: Interval

  enum CodingKeys: String, CodingKey, CaseIterable {
    case log, histograms, transport, reading, watchdog, verify
  }

  /// Reads a mapping.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    log = try keys.value(.log, default: .steps(50))
    histograms = try keys.value(.histograms, default: .steps(0))
    transport = try keys.word(.transport, default: .automatic)
    reading = try keys.word(.reading, default: .automatic)
    verify = try keys.value(.verify, default: .steps(10))
    watchdog = try keys.decodeIfPresent(Double.self, forKey: .watchdog)
    if let watchdog, watchdog != 0 {
      try keys.check(watchdog, .watchdog, in: 1..., "0 or at least 1")
    }
  }
}
