public import Storage

/// Which network to train: one of the catalogue by name, or a list of layers.
///
/// In a plan: `resnet20`, or `{name: lenet, dropout: 0.5}`, or `{layers: [...]}`.
public struct NetworkPlan: Codable, Hashable, Sendable {
  /// The name in the catalogue; `layers` for a network described in the plan.
  public var name: String
  /// The rate of dropout, for networks that have one.
  public var dropout: Double?
  /// The layers of a network described in the plan.
  public var layers: [LayerPlan]?

  enum CodingKeys: String, CodingKey, CaseIterable { case name, dropout, layers }

  /// Reads a mapping; `PlanSource` makes one of a name alone.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    layers = try keys.decodeIfPresent([LayerPlan].self, forKey: .layers)
    name =
      try layers == nil
      ? keys.decode(String.self, forKey: .name) : keys.value(.name, default: "layers")
    dropout = try keys.decodeIfPresent(Double.self, forKey: .dropout)
    if let dropout { try keys.check(dropout, .dropout, in: 0..<1, "at least 0 and below 1") }
    if layers != nil && dropout != nil {
      throw PlanError(
        at: keys.codingPath + [CodingKeys.dropout],
        "is for networks of the catalogue; put a dropout layer among the layers")
    }
  }
}

/// One layer of a network described in a plan: `relu`, or `{layer: conv2d, channels: 20, kernel: 5}`.
public struct LayerPlan: Codable, Hashable, Sendable {
  /// The kind, from the catalogue of layers.
  public var layer: String
  /// What the layer's tensors are named after.
  public var name: String?
  /// Names of earlier layers, or `images`; the layer before if left out.
  public var inputs: [String]?
  /// All other keys.
  public var arguments: [String: PlainValue]

  private static let ownKeys = ["layer", "name", "inputs"]

  /// Reads a kind, or a mapping with the kind and its arguments.
  public init(from decoder: any Decoder) throws {
    arguments = [:]
    if let kind = try? decoder.singleValueContainer().decode(String.self) {
      layer = kind
      return
    }
    let keys = try decoder.container(keyedBy: AnyKey.self)
    layer = try keys.decode(String.self, forKey: AnyKey(stringValue: "layer"))
    name = try keys.decodeIfPresent(String.self, forKey: AnyKey(stringValue: "name"))
    inputs = try keys.decodeIfPresent([String].self, forKey: AnyKey(stringValue: "inputs"))
    for key in keys.allKeys where !Self.ownKeys.contains(key.stringValue) {
      arguments[key.stringValue] = try keys.decode(PlainValue.self, forKey: key)
    }
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: AnyKey.self)
    try keys.encode(layer, forKey: AnyKey(stringValue: "layer"))
    try keys.encodeIfPresent(name, forKey: AnyKey(stringValue: "name"))
    try keys.encodeIfPresent(inputs, forKey: AnyKey(stringValue: "inputs"))
    for (name, argument) in arguments {
      try keys.encode(argument, forKey: AnyKey(stringValue: name))
    }
  }
}
