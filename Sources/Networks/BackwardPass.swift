public import Storage

/// What a layer reads and writes while the gradients of one micro-batch pass backward.
///
/// Every gradient is overwritten: sums over consumers are the model's matter, sums over
/// micro-batches the reducer's.
public struct BackwardPass {
  let node: CompiledNode
  let arena: MemoryView<Float>
  let integers: MemoryView<Int32>
  let flatParameters: MemoryView<Float>
  let flatGradients: MemoryView<Float>
  /// The number of samples, N.
  public let microBatch: Int

  /// The number of inputs.
  public var inputCount: Int { node.inputs.count }

  /// The shape of one sample of an input.
  public func inputShape(_ index: Int = 0) -> Shape { node.inputShapes[index] }

  /// The shape of one output sample.
  public var outputShape: Shape { node.outputShape }

  /// The first input, [N, …]; only if the layer's `backwardReads` holds `.input`.
  @_lifetime(borrow self)
  public func input() -> Span<Float> { arena.read(node.inputs[0]) }

  /// The output, [N, …]; only if the layer's `backwardReads` holds `.output`.
  public var output: Span<Float> {
    @_lifetime(borrow self) get { arena.read(node.output) }
  }

  /// The loss's gradient with respect to the output, [N, …].
  public var outputGradient: Span<Float> {
    @_lifetime(borrow self) get { arena.read(node.outputGradient) }
  }

  /// The output's gradient, [N, …], to be turned into that of the layer's `gradientInPlace`.
  public var gradientInPlace: MutableSpan<Float> {
    @_lifetime(borrow self) get { arena.write(node.outputGradient) }
  }

  /// What is still to be added to the output's gradient, [N, …], or empty; only if the layer's
  /// `addsFurtherGradient` holds.
  public var furtherGradient: Span<Float> {
    @_lifetime(borrow self) get { arena.read(node.furtherGradient) }
  }

  /// Whether anything before this layer learns, so that the input's gradient is wanted.
  public func needsInputGradient(_ index: Int = 0) -> Bool { node.inputGradients[index] != nil }

  /// The loss's gradient with respect to an input, [N, …], to be overwritten; not that in place.
  @_lifetime(borrow self)
  public func inputGradient(_ index: Int = 0) -> MutableSpan<Float> {
    guard let range = node.inputGradients[index] else {
      preconditionFailure("nobody needs the gradient of input \(index)")
    }
    return arena.write(range)
  }

  /// A learned or kept tensor, in the order in which the layer declares them.
  @_lifetime(borrow self)
  public func parameter(_ index: Int) -> Span<Float> {
    flatParameters.read(node.parameters[index])
  }

  /// The gradient of a learned tensor, or the micro-batch's value of a statistic; to be overwritten.
  @_lifetime(borrow self)
  public func parameterGradient(_ index: Int) -> MutableSpan<Float> {
    flatGradients.write(node.parameters[index])
  }

  /// The same, as this pass has left it.
  @_lifetime(borrow self)
  func parameterGradientAsLeft(_ index: Int) -> Span<Float> {
    flatGradients.read(node.parameters[index])
  }

  /// What `prepareBackward` made of the parameters.
  public var prepared: Span<Float> {
    @_lifetime(borrow self) get { arena.read(node.preparedBackward) }
  }

  /// Floats that the forward pass wrote.
  public var saved: Span<Float> {
    @_lifetime(borrow self) get { arena.read(node.saved) }
  }

  /// Part of those floats.
  @_lifetime(borrow self)
  func saved(_ part: Range<Int>) -> Span<Float> { arena.read(node.saved.part(part)) }

  /// Integers that the forward pass wrote.
  public var savedIndices: Span<Int32> {
    @_lifetime(borrow self) get { integers.read(node.savedIndices) }
  }

  /// Scratch memory with undefined contents.
  public var workspace: MutableSpan<Float> {
    @_lifetime(borrow self) get { arena.write(node.backwardWorkspace) }
  }

  /// Part of the scratch memory, to be overwritten.
  @_lifetime(borrow self)
  func workspace(_ part: Range<Int>) -> MutableSpan<Float> {
    arena.write(node.backwardWorkspace.part(part))
  }

  /// Part of the scratch memory, as this pass has left it.
  @_lifetime(borrow self)
  func workspaceAsLeft(_ part: Range<Int>) -> Span<Float> {
    arena.read(node.backwardWorkspace.part(part))
  }
}
