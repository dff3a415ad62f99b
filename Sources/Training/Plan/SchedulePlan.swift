/// How the learning rate follows the step.
public struct SchedulePlan: Codable, Hashable, Sendable {
  /// The schedules that there are.
  public enum Name: String, Codable, CaseIterable, Sendable {
    case constant, step, exponential, polynomial, cosine, plateau
    case multiStep = "multi_step"
    case oneCycle = "one_cycle"
  }

  /// Which schedule.
  public var name: Name
  /// A linear rise from a tenth of the rate at the start.
  public var warmup: Interval
  /// When the rate falls (multi_step).
  public var milestones: [Interval]
  /// How often the rate falls (step, exponential).
  public var every: Interval
  /// What the rate is multiplied by when it falls (step, multi_step, exponential, plateau); for
  /// one_cycle the first rate as a part of the highest.
  public var factor: Double
  /// The last rate as a part of the highest (cosine, polynomial, one_cycle); for plateau the lowest.
  public var final: Double
  /// The exponent (polynomial); for one_cycle the part of the steps in which the rate rises.
  public var power: Double
  /// When evaluations let the rate fall (plateau).
  public var plateau: PlateauPlan

  enum CodingKeys: String, CodingKey, CaseIterable {
    case name, warmup, milestones, every, factor, final, power, patience, threshold, cooldown
  }

  /// Reads a mapping.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try keys.word(.name, default: .cosine)
    try keys.refuseKeys(otherThan: name.keys, of: name.rawValue)
    warmup = try keys.value(.warmup, default: .steps(0))
    milestones = try keys.value(.milestones, default: [])
    every = try keys.value(.every, default: name == .exponential ? .epochs(1) : .epochs(30))
    factor = try keys.value(.factor, default: name.usualFactor)
    final = try keys.value(.final, default: name == .oneCycle ? 1e-4 : 0)
    power = try keys.value(.power, default: name == .oneCycle ? 0.3 : 1)
    plateau = try PlateauPlan(keys)
    try keys.check(factor, .factor, in: 0..., "at least 0")
    try keys.check(final, .final, in: 0...1, "from 0 to 1")
    try keys.check(power, .power, in: 0..., "at least 0")
    try keys.check(every.count, .every, in: 1e-9..., "above 0")
    if name == .plateau {
      try keys.check(factor, .factor, in: 1e-9..<1, "above 0 and below 1")
    }
    if name == .oneCycle {
      try keys.check(factor, .factor, in: 1e-9...1, "above 0 and at most 1")
      try keys.check(final, .final, in: 0...factor, "from 0 to schedule.factor, \(factor)")
      try keys.check(power, .power, in: 0...1, "from 0 to 1")
    }
  }

  /// Writes the keys that the schedule uses.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    for key in name.keys {
      switch key {
      case .name: try keys.encode(name, forKey: key)
      case .warmup: try keys.encode(warmup, forKey: key)
      case .milestones: try keys.encode(milestones, forKey: key)
      case .every: try keys.encode(every, forKey: key)
      case .factor: try keys.encode(factor, forKey: key)
      case .final: try keys.encode(final, forKey: key)
      case .power: try keys.encode(power, forKey: key)
      case .patience: try keys.encode(plateau.patience, forKey: key)
      case .threshold: try keys.encode(plateau.threshold, forKey: key)
      case .cooldown: try keys.encode(plateau.cooldown, forKey: key)
      }
    }
  }

  /// The same schedule with every interval in steps.
  func inSteps(samples: Int, batch: Int) -> SchedulePlan {
    var schedule = self
    schedule.warmup = warmup.inSteps(samples: samples, batch: batch)
    schedule.milestones = milestones.map { $0.inSteps(samples: samples, batch: batch) }
    schedule.every = every.inSteps(samples: samples, batch: batch)
    return schedule
  }
}

extension SchedulePlan.Name {
  /// The keys that the schedule uses.
  fileprivate var keys: [SchedulePlan.CodingKeys] {
    switch self {
    case .constant: [.name, .warmup]
    case .step, .exponential: [.name, .warmup, .every, .factor]
    case .multiStep: [.name, .warmup, .milestones, .factor]
    case .polynomial: [.name, .warmup, .final, .power]
    case .cosine: [.name, .warmup, .final]
    case .oneCycle: [.name, .warmup, .factor, .final, .power]
    case .plateau: [.name, .warmup, .factor, .final, .patience, .threshold, .cooldown]
    }
  }

  fileprivate var usualFactor: Double {
    switch self {
    case .exponential: 0.95
    case .oneCycle: 0.04
    default: 0.1
    }
  }
}
