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
    try keys.refuseKeys(otherThan: name.keys, of: name.rawValue)
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

  /// Writes the keys that the optimizer uses.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    for key in name.keys {
      switch key {
      case .name: try keys.encode(name, forKey: key)
      case .lr: try keys.encode(lr, forKey: key)
      case .momentum: try keys.encode(momentum, forKey: key)
      case .nesterov: try keys.encode(nesterov, forKey: key)
      case .betas: try keys.encode(betas, forKey: key)
      case .epsilon: try keys.encode(epsilon, forKey: key)
      case .weightDecay: try keys.encode(weightDecay, forKey: key)
      }
    }
  }
}

extension OptimizerPlan.Name {
  /// The keys that the optimizer uses.
  fileprivate var keys: [OptimizerPlan.CodingKeys] {
    switch self {
    case .sgd: [.name, .lr, .momentum, .nesterov, .weightDecay]
    case .adam, .adamw, .lamb: [.name, .lr, .betas, .epsilon, .weightDecay]
    case .rmsprop: [.name, .lr, .momentum, .betas, .epsilon, .weightDecay]
    case .lars: [.name, .lr, .momentum, .weightDecay]
    }
  }

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
