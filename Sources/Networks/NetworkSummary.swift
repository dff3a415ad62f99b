import Storage

/// What a network comes to: its parameters, its arithmetic and its memory, in all and by layer.
public struct NetworkSummary: Encodable, Sendable {
  /// One layer.
  public struct Layer: Encodable, Sendable {
    /// The name that prefixes its parameters.
    public let name: String
    /// What it is: `Conv2D 3×3, stride 2`.
    public let kind: String
    /// The extents of one output sample.
    public let output: [Int]
    /// Its learned elements.
    public let parameters: Int
    /// Multiplications, each with an addition, of the forward pass of one image; 0 where the layer
    /// is not made of them.
    public let multiplyAdds: Int
    /// Floating-point operations that training takes for one image, in multiplications and
    /// additions; see `Network.trainingOperations`.
    public let trainingOperations: Int

    enum CodingKeys: String, CodingKey {
      case name, kind, output, parameters
      case multiplyAdds = "multiply_adds"
      case trainingOperations = "training_operations"
    }
  }

  /// The network's name.
  public let name: String
  /// The extents of an image.
  public let input: [Int]
  /// The number of its outputs.
  public let classes: Int
  /// All learned elements.
  public let parameters: Int
  /// Multiplications, each with an addition, of the forward pass of one image.
  public let multiplyAdds: Int
  /// Floating-point operations that training takes for one image.
  public let trainingOperations: Int
  /// The samples of the micro-batch that memory is told for.
  public let microBatch: Int
  /// Bytes of activations, their gradients and scratch memory that a micro-batch takes.
  public let activationBytes: Int
  /// The layers, in order.
  public let layers: [Layer]

  enum CodingKeys: String, CodingKey {
    case name, input, classes, parameters, layers
    case multiplyAdds = "multiply_adds"
    case trainingOperations = "training_operations"
    case microBatch = "micro_batch"
    case activationBytes = "activation_bytes"
  }

  /// Counts what `network` takes for micro-batches of so many samples.
  public init(_ network: Network, microBatch: Int) {
    name = network.name
    input = network.images.shape.extents
    classes = network.output.shape.count
    parameters = network.parameterLayout().layout.learnedCount
    trainingOperations = network.trainingOperations
    self.microBatch = microBatch
    activationBytes = Model.memoryBytes(of: network, microBatch: microBatch)
    let operations = network.trainingOperationsByNode
    layers = zip(network.nodes, operations).map { node, operations in
      Layer(
        name: node.name, kind: node.layer.kind, output: node.shape.extents,
        parameters: node.layer.parameters(of: node.inputs.map(\.shape))
          .filter(\.role.isLearned).reduce(0) { $0 + $1.shape.count },
        multiplyAdds: node.multiplications, trainingOperations: operations)
    }
    multiplyAdds = layers.reduce(0) { $0 + $1.multiplyAdds }
  }
}
