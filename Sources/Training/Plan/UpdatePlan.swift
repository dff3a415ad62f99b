/// What is done to gradients and weights around the optimizer.
public struct UpdatePlan: Codable, Hashable, Sendable {
  /// The largest norm of the whole gradient; nil for any.
  public var clip: Double?
  /// The decay of an exponential moving average of the weights, which is then what is evaluated.
  public var average: Double?
  /// Whether weight decay reaches biases and scales of normalizations too.
  public var decayAll: Bool

  enum CodingKeys: String, CodingKey, CaseIterable {
    case clip, average
    case decayAll = "decay_all"
  }

  /// Reads a mapping.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    clip = try keys.decodeIfPresent(Double.self, forKey: .clip)
    average = try keys.decodeIfPresent(Double.self, forKey: .average)
    decayAll = try keys.value(.decayAll, default: false)
    if let clip, !(clip > 0) { throw PlanError("plan: update.clip: is \(clip), must be above 0") }
    if let average { try keys.check(average, .average, in: 0..<1, "at least 0 and below 1") }
  }
}
