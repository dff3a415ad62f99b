import Storage

/// A network in which runs of layers that one pass over memory can do are one layer each.
///
/// What is fused: convolutions with the batch normalizations that lie before them, as a
/// `ConvolutionChain`; a convolution with the ReLU and the max pooling of 2×2 behind it, as a
/// `PooledConv2D`; of the rest, a batch normalization, an addition of two values and a ReLU or
/// ReLU6, in this order, any one of them left out. A run becomes one node at the place of its last;
/// the bits of all outputs and gradients stay the same, but for the parameters of pooled
/// convolutions, whose sums leave zeros out. Names, parameters and random numbers are those of the
/// network as it was described.
struct FusedNetwork: Sendable {
  /// The network as it runs.
  private(set) var network: Network
  /// For each of its nodes the described ones whose parameters it has, the first of which tells its
  /// random numbers.
  private(set) var origins: [[Int]]

  /// The network as it was described.
  init(asDescribed network: Network) {
    self.network = network
    origins = network.nodes.indices.map { [$0] }
  }

  /// The network with runs of layers fused, for micro-batches of so many samples.
  init(_ described: Network, microBatch: Int) {
    var runs = ChainRun.all(in: described, microBatch: microBatch)
    runs += PooledRun.all(in: described, taken: Set(runs.flatMap(\.nodes)), microBatch: microBatch)
    runs += PassRun.all(in: described, taken: Set(runs.flatMap(\.nodes)))
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
      origins.append(run?.nodes ?? [index])
    }
  }
}

/// Nodes of a network that are to be one.
struct FusedRun {
  /// The nodes, in order.
  let nodes: [Int]
  /// What enters the run.
  let inputs: [Network.Value]
  /// What computes it.
  let layer: any Layer

  /// The node whose output is the run's.
  var last: Int { nodes[nodes.count - 1] }
}

extension Network {
  /// Whether a run of nodes may take the place of its last: a sum over the consumers of what enters
  /// keeps its order only if each stays before and behind the same others.
  func keepsOrder(_ run: [Int], entering: [Value], consumers: [[Int]]) -> Bool {
    let own = Set(run)
    let order = run[0]...run[run.count - 1]
    return entering.allSatisfy { value in
      value.node < 0
        || consumers[value.node].allSatisfy { own.contains($0) || !order.contains($0) }
    }
  }
}
