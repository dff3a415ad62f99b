/// How the learning rate follows the step.
public struct SchedulePlan: Codable, Hashable, Sendable {
  /// The schedules that there are.
  public enum Name: String, Codable, CaseIterable, Sendable {
    case constant, step, exponential, polynomial, cosine
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
  /// What the rate is multiplied by when it falls (step, multi_step, exponential); for one_cycle
  /// the first rate as a part of the highest.
  public var factor: Double
  /// The last rate as a part of the highest (cosine, polynomial, one_cycle).
  public var final: Double
  /// The exponent (polynomial); for one_cycle the part of the steps in which the rate rises.
  public var power: Double

  enum CodingKeys: String, CodingKey, CaseIterable {
    case name, warmup, milestones, every, factor, final, power
  }

  /// Reads a mapping.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try keys.word(.name, default: .cosine)
    warmup = try keys.value(.warmup, default: .steps(0))
    milestones = try keys.value(.milestones, default: [])
    every = try keys.value(.every, default: name == .exponential ? .epochs(1) : .epochs(30))
    factor = try keys.value(.factor, default: name.usualFactor)
    final = try keys.value(.final, default: name == .oneCycle ? 1e-4 : 0)
    power = try keys.value(.power, default: name == .oneCycle ? 0.3 : 1)
    try keys.check(factor, .factor, in: 0..., "at least 0")
    try keys.check(final, .final, in: 0...1, "from 0 to 1")
    try keys.check(power, .power, in: 0..., "at least 0")
    try keys.check(every.count, .every, in: 1e-9..., "above 0")
    if name == .oneCycle {
      try keys.check(factor, .factor, in: 1e-9...1, "above 0 and at most 1")
      try keys.check(final, .final, in: 0...factor, "from 0 to schedule.factor, \(factor)")
      try keys.check(power, .power, in: 0...1, "from 0 to 1")
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
  fileprivate var usualFactor: Double {
    switch self {
    case .exponential: 0.95
    case .oneCycle: 0.04
    default: 0.1
    }
  }
}

/// What is made small.
public struct LossPlan: Codable, Hashable, Sendable {
  /// The losses that there are.
  public enum Name: String, Codable, CaseIterable, Sendable {
    case crossEntropy = "cross_entropy"
    case binaryCrossEntropy = "binary_cross_entropy"
    case meanSquaredError = "mean_squared_error"
  }

  /// Which loss.
  public var name: Name
  /// How much of the target is spread over all classes (cross_entropy).
  public var labelSmoothing: Float
  /// A factor for each class (cross_entropy); none for 1.
  public var classWeights: [Float]

  enum CodingKeys: String, CodingKey, CaseIterable {
    case name
    case labelSmoothing = "label_smoothing"
    case classWeights = "class_weights"
  }

  /// Reads a name or a mapping.
  public init(from decoder: any Decoder) throws {
    labelSmoothing = 0
    classWeights = []
    if let text = try? decoder.singleValueContainer().decode(String.self),
      let name = Name(rawValue: text)
    {
      self.name = name
      return
    }
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try keys.word(.name, default: .crossEntropy)
    labelSmoothing = try keys.value(.labelSmoothing, default: 0)
    classWeights = try keys.value(.classWeights, default: [])
    try keys.check(labelSmoothing, .labelSmoothing, in: 0..<1, "at least 0 and below 1")
    if let weight = classWeights.first(where: { !($0 >= 0 && $0.isFinite) }) {
      throw PlanError(
        at: keys.codingPath + [CodingKeys.classWeights],
        "\(weight) is below 0 or too large for a 32-bit number")
    }
  }
}
