public import Storage

/// One layer of a network described in a plan.
public struct LayerDescription: Hashable, Sendable {
  /// The kind, from `LayerCatalogue`.
  public var layer: String
  /// What the layer's tensors are named after; kind and number if nil: `conv2d_3`.
  public var name: String?
  /// The names of earlier layers, or `images`; the layer before if nil.
  public var inputs: [String]?
  /// What the kind takes: `channels`, `kernel`.
  public var arguments: [String: PlainValue]

  /// A layer of the given kind.
  public init(
    layer: String, name: String? = nil, inputs: [String]? = nil,
    arguments: [String: PlainValue] = [:]
  ) {
    self.layer = layer
    self.name = name
    self.inputs = inputs
    self.arguments = arguments
  }
}
