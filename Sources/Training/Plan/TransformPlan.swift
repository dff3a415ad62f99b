import Datasets
public import Storage

/// One transform of images in a plan: `RandomHorizontalFlip`, or `{transform: RandomCrop, size: 32}`.
public struct TransformPlan: Codable, Hashable, Sendable {
  /// torchvision's or Keras's name.
  public var transform: String
  /// All other keys.
  public var arguments: [String: PlainValue]

  private static let ownKey = AnyKey(stringValue: "transform")

  /// The transform of the given name.
  init(transform: String, arguments: [String: PlainValue]) {
    self.transform = transform
    self.arguments = arguments
  }

  /// Reads a name, or a mapping with the name and the arguments.
  public init(from decoder: any Decoder) throws {
    arguments = [:]
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      transform = name
      return
    }
    let keys = try decoder.container(keyedBy: AnyKey.self)
    transform = try keys.decode(String.self, forKey: Self.ownKey)
    for key in keys.allKeys where key.stringValue != Self.ownKey.stringValue {
      arguments[key.stringValue] = try keys.decode(PlainValue.self, forKey: key)
    }
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: AnyKey.self)
    try keys.encode(transform, forKey: Self.ownKey)
    for (name, argument) in arguments {
      try keys.encode(argument, forKey: AnyKey(stringValue: name))
    }
  }

  /// The transform as the data path knows it.
  var description: TransformDescription { TransformDescription(transform, arguments) }
}
