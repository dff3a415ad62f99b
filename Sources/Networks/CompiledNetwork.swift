import Storage

/// A network with a place in memory for everything, for one size of micro-batch.
struct CompiledNetwork: Sendable {
  /// The nodes, in the order of the forward pass.
  private(set) var nodes: [CompiledNode] = []
  /// For each node the element of the flat array from which on the gradients of learned tensors are
  /// final once it has run backward, after all nodes that follow it.
  private(set) var finalFrom: [Int] = []
  /// The images, [N, H, W, C].
  let images: Range<Int>
  /// What leaves the last node.
  let output: Range<Int>
  /// The loss's gradient with respect to it.
  let outputGradient: Range<Int>
  /// The elements of the arena.
  let arenaCount: Int

  /// A place for everything of a network whose tensors lie as `parameterLayout` says.
  init(
    _ fused: FusedNetwork, _ parameterLayout: (layout: ParameterLayout, ranges: [[Range<Int>]]),
    microBatch: Int
  ) {
    let network = fused.network
    let (layout, parameterRanges) = parameterLayout
    // Statistics follow all learned tensors.
    let learned =
      layout.firstStatisticsBlock == layout.blocks.count
      ? layout.count : layout.blocks[layout.firstStatisticsBlock].range.lowerBound
    let wishes = MemoryWishes(network, microBatch: microBatch)
    let plan = MemoryPlan(wishes.requests)
    func place(_ request: Int?) -> Range<Int> {
      guard let request else { return 0..<0 }
      return plan.offsets[request]..<plan.offsets[request] + wishes.requests[request].count
    }
    var end = 0
    for (index, node) in network.nodes.enumerated() {
      finalFrom.append(end)
      let parameters = fused.origins[index].flatMap { parameterRanges[$0] }
      end = max(end, parameters.map(\.upperBound).filter { $0 <= learned }.max() ?? 0)
      let gradients = wishes.outputGradients[index]
      let addsOne = gradients.count > 1 && node.layer.addsFurtherGradient
      nodes.append(
        CompiledNode(
          layer: node.layer, index: fused.origins[index][0], inputShapes: node.inputs.map(\.shape),
          outputShape: node.shape,
          inputs: node.inputs.map { place($0.node < 0 ? wishes.images : wishes.outputs[$0.node]) },
          output: place(wishes.outputs[index]), outputGradient: place(gradients.first),
          inputGradients: wishes.inputGradients[index].map { $0.map(place) },
          summedGradients: gradients.dropFirst().dropLast(addsOne ? 1 : 0).map(place),
          furtherGradient: place(addsOne ? gradients.last : nil),
          saved: place(wishes.saved[index]), savedIndices: place(wishes.savedIndices[index]),
          forwardWorkspace: place(wishes.forwardWorkspace[index]),
          backwardWorkspace: place(wishes.backwardWorkspace[index]),
          preparedForward: place(wishes.preparedForward[index]),
          preparedBackward: place(wishes.preparedBackward[index]),
          parameters: parameters))
    }
    images = place(wishes.images)
    output = nodes.last?.output ?? images
    outputGradient = nodes.last?.outputGradient ?? 0..<0
    arenaCount = plan.count
  }
}
