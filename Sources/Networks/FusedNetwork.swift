import Storage

/// A network in which runs of layers that one pass over memory can do are one layer each.
///
/// What is fused: a batch normalization, an addition of two values and a ReLU or ReLU6, in this
/// order, any one of them left out. A run becomes one node at the place of its last; the bits of
/// all outputs and gradients stay the same. Names, parameters and random numbers are those of the
/// network as it was described.
struct FusedNetwork: Sendable {
  /// The network as it runs.
  private(set) var network: Network
  /// For each of its nodes the described one whose parameters and random numbers it has.
  private(set) var origins: [Int]

  /// The network as it was described.
  init(asDescribed network: Network) {
    self.network = network
    origins = Array(network.nodes.indices)
  }

  /// The network with runs of layers fused.
  init(_ described: Network) {
    let runs = FusedRun.all(in: described)
    var runEndingAt: [Int: FusedRun] = [:]
    for run in runs { runEndingAt[run.last] = run }
    let inside = Set(runs.flatMap(\.nodes)).subtracting(runs.map(\.last))
    network = Network(name: described.name, input: described.images.shape)
    origins = []
    var values: [Int: Network.Value] = [-1: network.images]
    for (index, node) in described.nodes.enumerated() where !inside.contains(index) {
      let run = runEndingAt[index]
      let inputs = (run?.inputs ?? node.inputs).compactMap { values[$0.node] }
      values[index] = network.append(
        Network.Node(
          name: node.name, layer: run?.layer ?? node.layer, inputs: inputs, shape: node.shape))
      origins.append(run?.nodes[0] ?? index)
    }
  }
}

/// Nodes of a network that are to be one.
private struct FusedRun {
  /// The nodes, in order.
  private(set) var nodes: [Int]
  /// What enters the run.
  private(set) var inputs: [Network.Value]
  private var norm: BatchNorm?
  private var adds = false
  private var ceiling: Float?

  var last: Int { nodes[nodes.count - 1] }

  /// What the run computes.
  var layer: any Layer {
    if let norm { return FusedBatchNorm(norm: norm, addsResidual: adds, ceiling: ceiling) }
    return ClampedAdd(ceiling: ceiling ?? .infinity)
  }

  /// All runs, none of which shares a node with another.
  static func all(in network: Network) -> [FusedRun] {
    let consumers = network.consumers()
    var taken: Set<Int> = []
    var runs: [FusedRun] = []
    // Normalizations first: an addition belongs to the first that it can follow.
    for startsWithNorm in [true, false] {
      for index in network.nodes.indices where !taken.contains(index) {
        guard
          let run = FusedRun(
            at: index, in: network, consumers: consumers, taken: taken,
            startsWithNorm: startsWithNorm)
        else { continue }
        taken.formUnion(run.nodes)
        runs.append(run)
      }
    }
    return runs
  }

  /// The longest run from a node on; nil if that is no more than the node.
  private init?(
    at index: Int, in network: Network, consumers: [[Int]], taken: Set<Int>, startsWithNorm: Bool
  ) {
    let first = network.nodes[index]
    nodes = [index]
    inputs = first.inputs
    if startsWithNorm {
      guard let norm = first.layer as? BatchNorm else { return nil }
      self.norm = norm
    } else {
      guard first.layer is Add, inputs.count == 2 else { return nil }
      adds = true
    }
    while consumers[last].count == 1, !taken.contains(consumers[last][0]),
      extend(by: consumers[last][0], of: network, consumers: consumers)
    {}
    guard nodes.count > 1 else { return nil }
  }

  /// Takes the node that reads the run's end, if it can.
  private mutating func extend(by index: Int, of network: Network, consumers: [[Int]]) -> Bool {
    let node = network.nodes[index]
    guard ceiling == nil else { return false }
    var entering = inputs
    var added = adds
    var limit: Float?
    switch node.layer {
    case is Add where !adds && node.inputs.count == 2:
      entering += node.inputs.filter { $0.node != last }
      added = true
    case let activation as Activation where activation.function == .relu: limit = .infinity
    case let activation as Activation where activation.function == .relu6: limit = 6
    default: return false
    }
    // A sum over consumers keeps its order only if each stays before and behind the same others.
    let order = nodes[0]...index
    let own = Set(nodes + [index])
    let alone = entering.allSatisfy { value in
      value.node < 0
        || consumers[value.node].allSatisfy { own.contains($0) || !order.contains($0) }
    }
    guard alone, Set(entering.map(\.node)).count == entering.count else { return false }
    (inputs, adds, ceiling) = (entering, added, limit)
    nodes.append(index)
    return true
  }
}
