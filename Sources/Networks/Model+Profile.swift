public import Storage

extension Model {
  /// Does what `forward` and `backward` do, node by node, and adds to `times` what each took.
  ///
  /// A convolution's backward pass is timed whole; then its weights' part is run once more, alone,
  /// and timed. That second time counts in no total, and it finds warm caches.
  public mutating func profile(
    images: Span<Float>, labels: Span<Int32>, identities: Span<SampleIdentity>,
    parameters: Span<Float>, version: ParameterVersion? = nil,
    into gradients: inout MutableSpan<Float>, times: inout LayerTimes
  ) -> MicroBatchLoss {
    var lap = Lap()
    load(images, labels: labels, identities: identities, parameters: parameters)
    prepare(parameters, version: version, mode: .training)
    times.otherLayers += lap.next()
    for index in compiled.nodes.indices {
      run(
        forward: index..<index + 1, identities: identities, parameters: parameters, mode: .training)
      times.addForward(of: compiled.nodes[index].layer, lap.next())
    }
    let loss = computeLoss(labels: labels, count: microBatch)
    times.otherLayers += lap.next()
    for index in compiled.nodes.indices.reversed() {
      run(backward: index, parameters: parameters, into: &gradients)
      let whole = lap.next()
      let node = compiled.nodes[index]
      let weights =
        node.needsInputGradients
        ? timeOfWeights(node, parameters: parameters, into: &gradients) : whole
      times.addBackward(of: node.layer, whole, weights: weights)
      lap = Lap()
    }
    return loss
  }

  /// What a convolution's backward pass takes for its weights alone.
  private mutating func timeOfWeights(
    _ node: CompiledNode, parameters: Span<Float>, into gradients: inout MutableSpan<Float>
  ) -> Duration {
    guard node.layer is Conv2D || node.layer is PooledConv2D else { return .zero }
    let alone = node.withoutInputGradients
    var lap = Lap()
    run(backward: alone, parameters: parameters, into: &gradients)
    return lap.next()
  }
}
