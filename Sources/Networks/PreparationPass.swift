public import Storage

/// What a layer reads and writes while it prepares its parameters for the micro-batches of a step.
public struct PreparationPass {
  let node: CompiledNode
  let arena: MemoryView<Float>
  let flatParameters: MemoryView<Float>
  let target: Range<Int>

  /// The shape of one sample of an input.
  public func inputShape(_ index: Int = 0) -> Shape { node.inputShapes[index] }

  /// A learned or kept tensor, in the order in which the layer declares them.
  @_lifetime(borrow self)
  public func parameter(_ index: Int) -> Span<Float> {
    flatParameters.read(node.parameters[index])
  }

  /// What is to be overwritten.
  public var prepared: MutableSpan<Float> {
    @_lifetime(borrow self) get { arena.write(target) }
  }

  /// The number of samples, N.
  public let microBatch: Int
}

/// Which parameters a pass is given: those of one version are prepared once.
public enum ParameterVersion: Equatable, Sendable {
  /// The parameters after so many steps.
  case after(Int)
  /// Their moving average after so many steps.
  case average(after: Int)
}
