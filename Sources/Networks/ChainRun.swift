import Kernels
import Storage

/// Nodes of a network that are to be a `ConvolutionChain`: convolutions that can take a strip of
/// their input at a time, and the batch normalizations before them.
struct ChainRun {
  private var nodes: [Int] = []
  private var input: Network.Value
  private var links: [ChainLink.Description] = []

  /// All runs, none of which shares a node with another.
  static func all(in network: Network, microBatch: Int) -> [FusedRun] {
    let (consumers, learns) = (network.consumers(), network.carriesGradient())
    var taken: Set<Int> = []
    var runs: [FusedRun] = []
    for index in network.nodes.indices where !taken.contains(index) {
      guard
        let run = ChainRun(
          at: index, in: network, consumers: consumers, learns: learns, microBatch: microBatch)
      else { continue }
      taken.formUnion(run.nodes)
      let links = ChainLink.links(run.links, microBatch: microBatch)
      runs.append(
        FusedRun(nodes: run.nodes, inputs: [run.input], layer: ConvolutionChain(links: links)))
    }
    return runs
  }

  /// The longest run from a node on; nil if nothing in it is normalized.
  private init?(
    at index: Int, in network: Network, consumers: [[Int]], learns: [Bool], microBatch: Int
  ) {
    let value = network.nodes[index].inputs.first
    // Where nothing before it learns, a chain would have no place for what a norm's gradient needs.
    guard let value, value.node >= 0, learns[value.node] else { return nil }
    input = value
    var next: Int? = index
    while let first = next,
      let part = Part(at: first, in: network, consumers: consumers, microBatch: microBatch),
      network.keepsOrder(nodes + part.nodes, entering: [input], consumers: consumers)
    {
      nodes += part.nodes
      links.append(part.link)
      let readers = consumers[part.convolution]
      next = readers.count == 1 && network.nodes[readers[0]].layer is BatchNorm ? readers[0] : nil
    }
    guard links.contains(where: { $0.norm != nil }) else { return nil }
  }

  /// A convolution that can take strips, and the normalization and clamp before it.
  private struct Part {
    let nodes: [Int]
    let link: ChainLink.Description
    var convolution: Int { nodes[nodes.count - 1] }

    init?(at first: Int, in network: Network, consumers: [[Int]], microBatch: Int) {
      var nodes = [first]
      var ceiling: Float?
      /// The only reader of the last node.
      func reader() -> Int? {
        let readers = consumers[nodes[nodes.count - 1]]
        return readers.count == 1 ? readers[0] : nil
      }
      let norm = network.nodes[first].layer as? BatchNorm
      if norm != nil, let next = reader() {
        nodes.append(next)
        if let clamp = network.nodes[next].layer as? Activation, let limit = clamp.limit,
          let after = reader()
        {
          ceiling = limit
          nodes.append(after)
        }
      }
      let node = network.nodes[nodes[nodes.count - 1]]
      guard let layer = node.layer as? Conv2D, !layer.bias,
        let normalized = NormalizedConvolution(
          layer.convolution(of: node.inputs[0].shape, samples: microBatch))
      else { return nil }
      self.nodes = nodes
      link = ChainLink.Description(
        norm: norm, ceiling: ceiling, layer: layer, inputShape: node.inputs[0].shape,
        outputShape: node.shape, normalized: normalized)
    }
  }
}
