import Kernels
import Storage

/// A convolution, perhaps a clamp, and a max pooling of 2×2, each the only reader of the one before.
enum PooledRun {
  /// All runs, none of which shares a node with another or with `taken`.
  static func all(in network: Network, taken: Set<Int>, microBatch: Int) -> [FusedRun] {
    let (consumers, learns) = (network.consumers(), network.carriesGradient())
    /// The only reader of a node, unless it is taken.
    func reader(of index: Int) -> Int? {
      let readers = consumers[index]
      return readers.count == 1 && !taken.contains(readers[0]) ? readers[0] : nil
    }
    return network.nodes.indices.compactMap { index in
      let node = network.nodes[index]
      guard !taken.contains(index), let layer = node.layer as? Conv2D, let input = node.inputs.first
      else { return nil }
      var nodes = [index]
      var ceiling: Float?
      var next = reader(of: index)
      if let clamp = next, let limit = (network.nodes[clamp].layer as? Activation)?.limit {
        ceiling = limit
        nodes.append(clamp)
        next = reader(of: clamp)
      }
      guard let last = next, let pooling = network.nodes[last].layer as? MaxPool2D,
        pooling.kernel == 2, pooling.stride == 2, pooling.padding == 0,
        let pooled = PooledConvolution(
          layer.convolution(of: input.shape, samples: microBatch),
          needsInputGradient: input.node >= 0 && learns[input.node])
      else { return nil }
      return FusedRun(
        nodes: nodes + [last], inputs: [input],
        layer: PooledConv2D(layer: layer, ceiling: ceiling, pooled: pooled))
    }
  }
}
