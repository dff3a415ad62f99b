public import Datasets

/// When to evaluate, and what comes of it.
public struct EvaluationPlan: Codable, Hashable, Sendable {
  /// The figures of validation samples that can decide.
  public enum Monitor: String, Codable, CaseIterable, Sendable {
    case loss, accuracy
  }

  /// How often; 0 for only at the end.
  public var every: Interval
  /// The figure that decides about an early end, and about the rate where `schedule` is `plateau`.
  public var monitor: Monitor
  /// After how many evaluations in a row that are no better the run ends; nil for never.
  public var patience: Int?
  /// By how much a better figure has to pass the best so far.
  public var minDelta: Double
  /// What is done to images before they are evaluated.
  public var transforms: TransformList
  /// Which views of each image are judged together.
  public var views: TestTimeViews

  enum CodingKeys: String, CodingKey, CaseIterable {
    case every, monitor, patience, transforms, views
    case minDelta = "min_delta"
  }

  /// Reads a mapping.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    every = try keys.value(.every, default: .epochs(1))
    monitor = try keys.word(.monitor, default: .loss)
    patience = try keys.decodeIfPresent(Int.self, forKey: .patience)
    minDelta = try keys.value(.minDelta, default: 0)
    transforms = try keys.transforms(.transforms, for: .evaluation)
    views = try keys.word(.views, default: .single)
    if let patience { try keys.check(patience, .patience, in: 1..., "at least 1") }
    try keys.check(minDelta, .minDelta, in: 0..., "at least 0")
    if patience == nil, keys.contains(.minDelta), minDelta != 0 {
      throw PlanError(
        at: keys.codingPath + [CodingKeys.minDelta],
        "does nothing without evaluation.patience; set both, or none")
    }
  }
}
