/// What becomes of a step whose loss or gradient is not finite, or whose loss is too large.
public struct DivergencePlan: Codable, Hashable, Sendable {
  /// The policies that there are.
  public enum Policy: String, Codable, CaseIterable, Sendable {
    /// The run ends; its newest checkpoint stays.
    case stop
    /// The step changes nothing, and the next one follows.
    case skip
    /// The run goes back to the last checkpoint at the plan's interval, and on with a lower rate.
    case rollback
  }

  /// Which policy.
  public var policy: Policy
  /// The largest mean loss of a step; nil for any that is finite.
  public var limit: Double?
  /// How often in a run a step is skipped, or the run goes back, before it ends.
  public var most: Int
  /// What the rate is multiplied with each time that the run goes back.
  public var factor: Double

  /// The largest `most`.
  static let mostEver = 1_000_000

  enum CodingKeys: String, CodingKey, CaseIterable { case policy, limit, most, factor }

  /// Reads a mapping; `PlanSource` makes one of a policy alone.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    policy = try keys.word(.policy, default: .stop)
    try keys.refuseKeys(otherThan: policy.keys, of: policy.rawValue)
    limit = try keys.decodeIfPresent(Double.self, forKey: .limit)
    most = try keys.value(.most, default: policy == .skip ? 10 : 3)
    factor = try keys.value(.factor, default: 0.5)
    if let limit, !(limit > 0) {
      throw PlanError("plan: divergence.limit: is \(limit), must be above 0")
    }
    try keys.check(most, .most, in: 1...Self.mostEver, "from 1 to \(Self.mostEver)")
    guard factor > 0, factor <= 1 else {
      throw PlanError("plan: divergence.factor: is \(factor), must be above 0 and at most 1")
    }
  }

  /// Writes the keys that the policy uses.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(policy, forKey: .policy)
    try keys.encodeIfPresent(limit, forKey: .limit)
    if policy.keys.contains(.most) { try keys.encode(most, forKey: .most) }
    if policy.keys.contains(.factor) { try keys.encode(factor, forKey: .factor) }
  }

  /// Whether it is what a plan that says nothing has.
  var isUsual: Bool { policy == .stop && limit == nil }
}

extension DivergencePlan.Policy {
  /// The keys that the policy uses.
  fileprivate var keys: [DivergencePlan.CodingKeys] {
    switch self {
    case .stop: [.policy, .limit]
    case .skip: [.policy, .limit, .most]
    case .rollback: [.policy, .limit, .most, .factor]
    }
  }
}
