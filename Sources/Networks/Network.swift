public import Storage

/// A static graph of layers: its nodes in an order in which each comes after its inputs.
public struct Network: Sendable {
  /// The output of a node, or the images that enter the network.
  public struct Value: Hashable, Sendable {
    /// The index of the node that makes the value; -1 for the images.
    let node: Int
    /// The shape of one sample.
    public let shape: Shape
  }

  /// A layer at its place in the graph.
  public struct Node: Sendable {
    /// The name that prefixes its parameters: `layer1.0.conv1`.
    public let name: String
    /// What it computes.
    public let layer: any Layer
    /// Where its inputs come from.
    public let inputs: [Value]
    /// The shape of one output sample.
    public let shape: Shape
  }

  /// The most elements of a tensor, or of one sample: positions in them fit 32 bits, as BLAS asks.
  static let mostElements = 1 << 30

  /// What the network is called in plans.
  public let name: String
  /// The images that enter.
  public let images: Value
  /// All layers, in order.
  public private(set) var nodes: [Node] = []

  /// A network without layers yet, for images [H, W, C].
  public init(name: String, input: Shape) {
    self.name = name
    images = Value(node: -1, shape: input)
  }

  /// The value that leaves the network: the last node's output.
  public var output: Value {
    Value(node: nodes.count - 1, shape: nodes.last?.shape ?? images.shape)
  }

  /// Adds a layer that reads `inputs`; returns its output.
  public mutating func add(_ name: String, _ layer: any Layer, _ inputs: Value...)
    throws(NetworkError) -> Value
  {
    do {
      return try append(name, layer, inputs)
    } catch {
      throw NetworkError("network \(self.name), layer \(name): \(error.message)")
    }
  }

  /// Adds a layer; an error names neither network nor layer.
  mutating func append(_ name: String, _ layer: any Layer, _ inputs: [Value])
    throws(NetworkError) -> Value
  {
    let shape = try layer.outputShape(of: inputs.map(\.shape))
    let counts = layer.parameters(of: inputs.map(\.shape)).map(\.shape.count) + [shape.count]
    guard counts.allSatisfy({ $0 <= Self.mostElements }) else {
      throw NetworkError(
        "an output of \(shape) or its parameters have more than \(Self.mostElements) elements")
    }
    return append(Node(name: name, layer: layer, inputs: inputs, shape: shape))
  }

  /// Adds a node whose shape is known; returns its output.
  mutating func append(_ node: Node) -> Value {
    nodes.append(node)
    return output
  }

  /// The same network with convolutions computed by the reference.
  public var exact: Network {
    var network = self
    network.nodes = nodes.map { node in
      guard let convolution = node.layer as? Conv2D else { return node }
      return Node(
        name: node.name, layer: convolution.exact, inputs: node.inputs, shape: node.shape)
    }
    return network
  }

  /// Where every tensor lies: in the order of nodes, learned ones first.
  ///
  /// Running statistics follow all learned tensors, so that what an optimizer touches is one run.
  public func parameterLayout() -> (layout: ParameterLayout, ranges: [[Range<Int>]]) {
    var layout = ParameterLayout()
    let specifications = nodes.map { $0.layer.parameters(of: $0.inputs.map(\.shape)) }
    var ranges = specifications.map { Array(repeating: 0..<0, count: $0.count) }
    for learned in [true, false] {
      for (node, tensors) in specifications.enumerated() {
        for (index, tensor) in tensors.enumerated() where tensor.role.isLearned == learned {
          let name = nodes[node].name.isEmpty ? tensor.name : "\(nodes[node].name).\(tensor.name)"
          ranges[node][index] = layout.append(name: name, tensor)
        }
      }
    }
    return (layout, ranges)
  }

  /// For each node those that read its output, in order; twice, if they read it twice.
  func consumers() -> [[Int]] {
    var consumers = Array(repeating: [Int](), count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for input in node.inputs where input.node >= 0 { consumers[input.node].append(index) }
    }
    return consumers
  }

  /// For each node, whether it or a node before it learns.
  func carriesGradient() -> [Bool] {
    var learns: [Bool] = []
    for node in nodes {
      let own = node.layer.parameters(of: node.inputs.map(\.shape)).contains(
        where: \.role.isLearned)
      learns.append(own || node.inputs.contains { $0.node >= 0 && learns[$0.node] })
    }
    return learns
  }
}
