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

  /// Reads a mapping; `PlanSource` makes one of a name alone.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try keys.word(.name, default: .crossEntropy)
    try keys.refuseKeys(otherThan: name.keys, of: name.rawValue)
    labelSmoothing = try keys.value(.labelSmoothing, default: 0)
    classWeights = try keys.value(.classWeights, default: [])
    try keys.check(labelSmoothing, .labelSmoothing, in: 0..<1, "at least 0 and below 1")
    if let weight = classWeights.first(where: { !($0 >= 0 && $0.isFinite) }) {
      throw PlanError(
        at: keys.codingPath + [CodingKeys.classWeights],
        "\(weight) is below 0 or too large for a 32-bit number")
    }
  }

  /// Writes the keys that the loss uses.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(name, forKey: .name)
    if name == .crossEntropy {
      try keys.encode(labelSmoothing, forKey: .labelSmoothing)
      try keys.encode(classWeights, forKey: .classWeights)
    }
  }
}

extension LossPlan.Name {
  /// The keys that the loss uses.
  fileprivate var keys: [LossPlan.CodingKeys] {
    self == .crossEntropy ? LossPlan.CodingKeys.allCases : [.name]
  }
}
