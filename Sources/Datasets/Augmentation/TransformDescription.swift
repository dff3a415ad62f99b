public import Storage

/// One transform of images as a plan names it.
public struct TransformDescription: Hashable, Sendable {
  /// The name: torchvision's, or Keras's.
  public var transform: String
  /// What it takes: `size`, `padding`.
  public var arguments: [String: PlainValue]

  /// The transform of the given name.
  public init(_ transform: String, _ arguments: [String: PlainValue] = [:]) {
    self.transform = transform
    self.arguments = arguments
  }
}
