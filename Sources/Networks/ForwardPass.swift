public import Storage

/// What a layer reads and writes while one micro-batch passes forward.
///
/// All memory holds `microBatch` samples, one after the other.
public struct ForwardPass {
  let node: CompiledNode
  let arena: MemoryView<Float>
  let integers: MemoryView<Int32>
  let flatParameters: MemoryView<Float>
  let identities: MemoryView<SampleIdentity>
  let seed: UInt64
  /// Whether the pass learns or judges.
  public let mode: Mode
  /// The number of samples, N.
  public let microBatch: Int

  /// The number of inputs.
  public var inputCount: Int { node.inputs.count }

  /// The shape of one sample of an input.
  public func inputShape(_ index: Int = 0) -> Shape { node.inputShapes[index] }

  /// The shape of one output sample.
  public var outputShape: Shape { node.outputShape }

  /// An input, [N, …].
  @_lifetime(borrow self)
  public func input(_ index: Int = 0) -> Span<Float> {
    arena.read(node.inputs[index])
  }

  /// The output, [N, …], to be overwritten.
  public var output: MutableSpan<Float> {
    @_lifetime(borrow self) get { arena.write(node.output) }
  }

  /// A learned or kept tensor, in the order in which the layer declares them.
  @_lifetime(borrow self)
  public func parameter(_ index: Int) -> Span<Float> {
    flatParameters.read(node.parameters[index])
  }

  /// What `prepareForward` made of the parameters.
  public var prepared: Span<Float> {
    @_lifetime(borrow self) get { arena.read(node.preparedForward) }
  }

  /// Floats that the backward pass will read.
  public var saved: MutableSpan<Float> {
    @_lifetime(borrow self) get { arena.write(node.saved) }
  }

  /// Part of those floats, as the pass has left them.
  @_lifetime(borrow self)
  func saved(_ part: Range<Int>) -> Span<Float> { arena.read(node.saved.part(part)) }

  /// Part of those floats, to be overwritten.
  @_lifetime(borrow self)
  func savedToWrite(_ part: Range<Int>) -> MutableSpan<Float> {
    arena.write(node.saved.part(part))
  }

  /// Integers that the backward pass will read.
  public var savedIndices: MutableSpan<Int32> {
    @_lifetime(borrow self) get { integers.write(node.savedIndices) }
  }

  /// Scratch memory with undefined contents.
  public var workspace: MutableSpan<Float> {
    @_lifetime(borrow self) get { arena.write(node.forwardWorkspace) }
  }

  /// The layer's own random numbers for one sample of the micro-batch.
  public func randomStream(sample: Int, purpose: RandomStream.Purpose) -> RandomStream {
    let identity = identities.read(0..<microBatch)[sample]
    return RandomStream(
      seed: seed, purpose: purpose, layer: node.index, epoch: identity.epoch,
      sample: identity.sample)
  }
}

extension Range<Int> {
  /// A part of it, told from its start.
  func part(_ part: Range<Int>) -> Range<Int> {
    precondition(part.upperBound <= count, "\(part) of \(count)")
    return lowerBound + part.lowerBound..<lowerBound + part.upperBound
  }
}
