/// How parameters follow gradients.
public struct OptimizerPlan: Codable, Hashable, Sendable {
  /// The optimizers that there are.
  public enum Name: String, Codable, CaseIterable, Sendable {
    case sgd, adam, adamw, rmsprop, lars, lamb
  }

  /// Which optimizer.
  public var name: Name
  /// The learning rate that the schedule starts from.
  public var lr: Double
  /// How much of the last step's direction stays (SGD, RMSprop, LARS).
  public var momentum: Double
  /// Whether momentum looks ahead (SGD).
  public var nesterov: Bool
  /// The decay of the averages of gradients and of their squares (Adam's β₁ and β₂; RMSprop's α
  /// is the second).
  public var betas: [Double]
  /// Added to a denominator.
  public var epsilon: Double
  /// The weight decay of weights of convolutions and dense layers.
  public var weightDecay: Double

  enum CodingKeys: String, CodingKey, CaseIterable {
    case name, lr, momentum, nesterov, betas, epsilon
    case weightDecay = "weight_decay"
  }

  /// Reads a mapping; what is left out depends on the optimizer.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try keys.word(.name, default: .sgd)
    lr = try keys.value(.lr, default: name.usualRate)
    momentum = try keys.value(.momentum, default: name == .sgd || name == .lars ? 0.9 : 0)
    nesterov = try keys.value(.nesterov, default: false)
    betas = try keys.value(.betas, default: name == .rmsprop ? [0, 0.99] : [0.9, 0.999])
    epsilon = try keys.value(.epsilon, default: name == .lamb ? 1e-6 : 1e-8)
    weightDecay = try keys.value(.weightDecay, default: name == .adamw || name == .lamb ? 0.01 : 0)
    try keys.check(lr, .lr, in: 0..., "at least 0")
    try keys.check(momentum, .momentum, in: 0..<1, "at least 0 and below 1")
    try keys.check(weightDecay, .weightDecay, in: 0..., "at least 0")
    try keys.check(epsilon, .epsilon, in: 0..., "at least 0")
    guard betas.count == 2, betas.allSatisfy((0..<1).contains) else {
      throw PlanError(
        at: keys.codingPath + [CodingKeys.betas], "are \(betas), must be two numbers in 0 ..< 1")
    }
  }
}

extension OptimizerPlan.Name {
  /// A rate that usually works at a batch of 256.
  fileprivate var usualRate: Double {
    switch self {
    case .sgd: 0.1
    case .adam, .adamw, .rmsprop: 0.001
    case .lars: 1
    case .lamb: 0.002
    }
  }
}

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
