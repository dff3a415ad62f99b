/// A batch normalization, an addition and a clamp that one pass over memory does.
struct PassRun {
  /// The nodes, in order.
  private var nodes: [Int]
  /// What enters the run.
  private var inputs: [Network.Value]
  private var norm: BatchNorm?
  private var adds = false
  private var ceiling: Float?

  private var last: Int { nodes[nodes.count - 1] }

  /// What the run computes.
  private var layer: any Layer {
    if let norm { return FusedBatchNorm(norm: norm, addsResidual: adds, ceiling: ceiling) }
    return ClampedAdd(ceiling: ceiling ?? .infinity)
  }

  /// All runs, none of which shares a node with another or with `taken`.
  static func all(in network: Network, taken: Set<Int>) -> [FusedRun] {
    let consumers = network.consumers()
    var taken = taken
    var runs: [FusedRun] = []
    // Normalizations first: an addition belongs to the first that it can follow.
    for startsWithNorm in [true, false] {
      for index in network.nodes.indices where !taken.contains(index) {
        guard
          let run = PassRun(
            at: index, in: network, consumers: consumers, taken: taken,
            startsWithNorm: startsWithNorm)
        else { continue }
        taken.formUnion(run.nodes)
        runs.append(FusedRun(nodes: run.nodes, inputs: run.inputs, layer: run.layer))
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
    case let activation as Activation where activation.limit != nil: limit = activation.limit
    default: return false
    }
    let alone = network.keepsOrder(nodes + [index], entering: entering, consumers: consumers)
    guard alone, Set(entering.map(\.node)).count == entering.count else { return false }
    (inputs, adds, ceiling) = (entering, added, limit)
    nodes.append(index)
    return true
  }
}
