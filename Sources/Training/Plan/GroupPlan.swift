/// Parameters that are treated apart: those whose name starts with `match`.
public struct GroupPlan: Codable, Hashable, Sendable {
  /// What the names of the parameters start with.
  public var match: String
  /// A factor on the learning rate.
  public var lrFactor: Double
  /// Another weight decay.
  public var weightDecay: Double?
  /// Whether the parameters never change.
  public var frozen: Bool

  enum CodingKeys: String, CodingKey, CaseIterable {
    case match, frozen
    case lrFactor = "lr_factor"
    case weightDecay = "weight_decay"
  }

  /// Reads a mapping.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    match = try keys.decode(String.self, forKey: .match)
    lrFactor = try keys.value(.lrFactor, default: 1)
    weightDecay = try keys.decodeIfPresent(Double.self, forKey: .weightDecay)
    frozen = try keys.value(.frozen, default: false)
    try keys.check(lrFactor, .lrFactor, in: 0..., "at least 0")
  }
}
