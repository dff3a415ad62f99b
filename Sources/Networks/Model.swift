public import Kernels
public import Storage

/// A network with its memory: runs micro-batches of a fixed size forward and backward.
///
/// The model owns activations and their gradients. Parameters and their gradients belong to
/// whoever trains it, and are handed in.
public struct Model: ~Copyable {
  /// The graph.
  public let network: Network
  /// Where each tensor lies in the flat array of parameters.
  public let layout: ParameterLayout
  /// What training makes small.
  public let loss: Loss
  /// The number of samples of a micro-batch, N.
  public let microBatch: Int

  let seed: UInt64
  let compiled: CompiledNetwork
  private let arena: AlignedArray<Float>
  let view: MemoryView<Float>
  private let sampleLosses: AlignedArray<Float>
  /// Which parameters are prepared for forward and backward passes; nil if it is not known.
  private var preparedForward: ParameterVersion?
  private var preparedBackward: ParameterVersion?

  /// Plans and allocates all memory for micro-batches of `microBatch` samples.
  ///
  /// - Parameter fusing: whether layers are fused where that saves passes over memory; it changes no
  ///   bit of the results but for the rounding of pooled convolutions' gradients.
  public init(
    _ network: Network, loss: Loss, microBatch: Int, seed: UInt64, fusing: Bool = true
  ) {
    precondition(microBatch > 0, "a micro-batch of \(microBatch) samples")
    let parameterLayout = network.parameterLayout()
    self.network = network
    layout = parameterLayout.layout
    self.loss = loss
    self.microBatch = microBatch
    self.seed = seed
    compiled = CompiledNetwork(
      fusing
        ? FusedNetwork(network, microBatch: microBatch) : FusedNetwork(asDescribed: network),
      parameterLayout, microBatch: microBatch)
    arena = AlignedArray(count: compiled.arenaCount)
    view = unsafe MemoryView(arena.unsafeElements)
    sampleLosses = AlignedArray(count: microBatch)
  }

  /// Bytes of activations, their gradients and scratch memory that a micro-batch of a network takes.
  public static func memoryBytes(of network: Network, microBatch: Int) -> Int {
    let compiled = CompiledNetwork(
      FusedNetwork(network, microBatch: microBatch), network.parameterLayout(),
      microBatch: microBatch
    )
    return compiled.arenaCount * MemoryLayout<Float>.stride
  }

  /// The number of classes, K.
  public var classCount: Int { network.output.shape.count }

  /// Bytes of activations, their gradients and scratch memory.
  public var memoryBytes: Int { arena.count * MemoryLayout<Float>.stride }

  /// The logits of the last forward pass, [N, K]; `backward` uses their memory again.
  public var logits: Span<Float> {
    @_lifetime(borrow self) get { view.read(compiled.output) }
  }

  /// Computes logits and loss of one micro-batch.
  ///
  /// - Parameters:
  ///   - images: [N, H, W, C].
  ///   - labels: [N]; those of the first `count` samples count.
  ///   - mixture: second labels of samples that are mixed of two.
  ///   - identities: [N]; random numbers are drawn for them.
  ///   - parameters: the flat array.
  ///   - version: which parameters these are; without it they are prepared anew each time.
  public mutating func forward(
    images: Span<Float>, labels: Span<Int32>, mixture: LabelMixture = LabelMixture(),
    identities: Span<SampleIdentity>, count: Int? = nil, parameters: Span<Float>,
    version: ParameterVersion? = nil, mode: Mode
  ) -> MicroBatchLoss {
    load(images, labels: labels, identities: identities, parameters: parameters)
    prepare(parameters, version: version, mode: mode)
    run(forward: compiled.nodes.indices, identities: identities, parameters: parameters, mode: mode)
    return computeLoss(labels: labels, mixture: mixture, count: count ?? microBatch)
  }

  /// Lets the layers prepare parameters that they have not seen yet.
  mutating func prepare(_ parameters: Span<Float>, version: ParameterVersion?, mode: Mode) {
    if version == nil || preparedForward != version {
      run(preparation: .forward, parameters: parameters)
      preparedForward = version
    }
    if mode == .training && (version == nil || preparedBackward != version) {
      run(preparation: .backward, parameters: parameters)
      preparedBackward = version
    }
  }

  /// Overwrites `gradients`, a flat array, with the gradient of the mean loss of the micro-batch
  /// of the last forward pass; statistics take the micro-batch's values.
  ///
  /// Between layers `progress` is told from which element on the gradients of learned tensors are
  /// final; statistics are with the last.
  public mutating func backward(
    parameters: Span<Float>, into gradients: inout MutableSpan<Float>,
    progress: (_ finalFrom: Int) -> Void = { _ in }
  ) {
    precondition(
      parameters.count == layout.count && gradients.count == layout.count,
      "\(gradients.count) gradients for \(layout.count) parameters")
    for index in compiled.nodes.indices.reversed() {
      run(backward: index, parameters: parameters, into: &gradients)
      progress(compiled.finalFrom[index])
    }
  }

  /// Computes the loss of the logits, and its gradient.
  mutating func computeLoss(
    labels: Span<Int32>, mixture: LabelMixture = LabelMixture(), count: Int
  ) -> MicroBatchLoss {
    let view = self.view
    let logits = view.read(compiled.output)
    var gradient = view.write(compiled.outputGradient)
    let lossView = unsafe MemoryView(sampleLosses.unsafeElements)
    var losses = lossView.write(0..<microBatch)
    loss.compute(
      logits: logits, labels: labels, mixture: mixture, losses: &losses, gradient: &gradient)
    var sum = 0.0
    for i in 0..<count { sum += Double(losses[i]) }
    let correct = countCorrect(logits: logits, labels: labels, first: count)
    return MicroBatchLoss(sum: sum, count: count, correct: correct)
  }
}
