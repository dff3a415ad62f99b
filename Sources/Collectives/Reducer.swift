import Kernels
import Storage

/// Sums gradients over micro-batches and ranks along one fixed tree, and owns what that takes: the
/// parameters, the gradient buffers and the optimizer's state.
///
/// A step: `leaf` and `record` for each of this rank's micro-batches, in order; `reduce`; the
/// optimizer over `ownedBlocks`; `publish`. Every rank makes the same calls. None allocates.
@safe public final class Reducer {
  /// The blocks and what travels with them.
  public let layout: ReductionLayout
  /// The order of summation.
  public let tree: ReductionTree
  /// Which rank owns which blocks.
  public let slices: SlicePartition
  /// The blocks of which this rank holds gradient and state, after `reduce`.
  ///
  /// In the order in which an update best takes them: first those that `reduce` left in the cache.
  public let ownedBlocks: [Block]
  /// The transport in use.
  public let transportInUse: TransportChoice
  /// One line to tell the user where not the transport asked for is used, else nil.
  public let note: String?

  /// This rank's micro-batches of a step, to be taken in this order.
  public var microBatches: Range<Int> { share.microBatches }

  let world: World
  let transport: any Transport
  let memory: ReductionMemory
  let share: ReductionTree.Share
  let numbers: StepBoard
  let extraSums: Board
  private let leafFactor: Float
  private let sliceBlocks: [Block]
  private var handedOut = 0
  private var merged = 0
  private var recorded = 0

  /// A block that this rank owns.
  public struct Block: Sendable, Equatable {
    /// Its number among all blocks.
    public let index: Int
    /// Its elements in the flat arrays.
    public let range: Range<Int>
  }

  /// Allocates everything for `layout`, on all ranks together.
  ///
  /// `slices` moves the slice boundaries, `windowCapacity` stands for the free bytes of shared
  /// memory; both are for tests. Throws `MPIError`.
  public init(
    _ layout: ReductionLayout, in world: World, transport choice: TransportChoice = .automatic,
    slices: SlicePartition? = nil, windowCapacity: Int? = nil
  ) throws(MPIError) {
    let tree = ReductionTree(microBatches: layout.microBatches, ranks: world.size)
    let slices = slices ?? SlicePartition(blocks: layout.blocks, ranks: world.size)
    numbers = StepBoard(layout, tree, slices)
    extraSums = Board(counts: slices.blockRanges.map { $0.count * layout.extraBlockSums })
    let parts = ReductionParts(
      layout: layout, tree: tree, slices: slices, boards: [numbers.board, extraSums])
    let chosen = try chooseTransport(choice, parts, windowCapacity, in: world)
    transport = chosen.transport
    transportInUse = chosen.transport is WindowTransport ? .window : .messages
    note = chosen.note
    memory = chosen.transport.memory
    sliceBlocks = slices.blockRanges[world.rank].map { Block(index: $0, range: layout.blocks[$0]) }
    ownedBlocks = lastRunFirst(sliceBlocks)
    share = tree.shares[world.rank]
    leafFactor = 1 / Float(layout.microBatches)
    self.layout = layout
    self.tree = tree
    self.slices = slices
    self.world = world
  }

  /// The buffer, of full length, that the gradient of `microBatch` overwrites; padding stays zero.
  ///
  /// Micro-batches are asked for in order. What was written for the one before is merged now.
  @_lifetime(borrow self)
  public func leaf(_ microBatch: Int) -> MutableSpan<Float> {
    precondition(
      handedOut < share.slots.count && microBatch == share.microBatches.lowerBound + handedOut,
      "micro-batch \(microBatch) is out of turn: of \(share.microBatches), \(handedOut) came before"
    )
    if handedOut == 0 {
      numbers.beginStep(rank: world.rank, microBatches: share.microBatches)
    }
    merge(upTo: share.mergesBefore[handedOut])
    let slot = unsafe memory.slots[share.slots[handedOut]]
    handedOut += 1
    return unsafe _overrideLifetime(slot.mutableSpan, borrowing: self)
  }

  /// Notes the mean loss of `microBatch`, and how many of its samples were classified correctly.
  public func record(loss: Double, correct: Int, microBatch: Int) {
    precondition(
      share.microBatches.contains(microBatch),
      "micro-batch \(microBatch) is not one of \(share.microBatches)")
    numbers.setScalars(loss: loss, correct: correct, microBatch: microBatch)
    recorded += 1
  }

  /// Makes the mean gradient over all micro-batches and the totals of the step.
  ///
  /// `control` is this rank's wish, as bits; all ranks learn of it. Afterwards each rank holds the
  /// gradient of its blocks. Throws `MPIError`.
  public func reduce(control: Int32 = 0) throws(MPIError) -> ReductionTotals {
    precondition(
      handedOut == share.slots.count && recorded == handedOut,
      "of \(share.slots.count) micro-batches \(handedOut) were begun and \(recorded) recorded")
    merge(upTo: share.merges.count)
    handedOut = 0
    merged = 0
    recorded = 0
    try transport.exchangeGradients()
    for block in sliceBlocks { finish(block) }
    numbers.setControl(control, rank: world.rank)
    try transport.exchange(numbers.board)
    return numbers.totals(counted: layout.countedBlocks)
  }

  /// Makes the owners' new parameters known to all ranks; throws `MPIError`.
  public func publish() throws(MPIError) { try transport.publish() }

  /// Gives shared memory back; all ranks call it, last, and use the reducer no more.
  ///
  /// Not done by `deinit`: giving back waits for all ranks, and one that fails must not wait.
  public func close() throws(MPIError) { try transport.close() }

  /// Takes the merges up to number `end`, all of them block by block: what one leaves in the cache
  /// the next one reads.
  private func merge(upTo end: Int) {
    for block in layout.blocks {
      for merge in share.merges[merged..<end] {
        let source = unsafe memory.slots[merge.source].extracting(block)
        let destination = unsafe memory.slots[merge.destination].extracting(block)
        var sum = unsafe destination.mutableSpan
        note(unsafe addBlock(source.span, into: &sum), of: merge)
      }
    }
    merged = end
  }

  /// Finishes the tree on one block of this rank's slice, and takes its sums of squares.
  private func finish(_ block: Block) {
    let part = withinSlice(block)
    for merge in tree.finishingMerges.dropLast() {
      let source = unsafe memory.leftOvers[merge.source].extracting(part)
      let destination = unsafe memory.leftOvers[merge.destination].extracting(part)
      var sum = unsafe destination.mutableSpan
      note(unsafe addBlock(source.span, into: &sum), of: merge)
    }
    let root = unsafe memory.leftOvers[0].extracting(part)
    var gradient = unsafe root.mutableSpan
    numbers.setGradientSquares(makeMean(&gradient, part), block: block.index)
    if layout.sumsParameterSquares {
      let old = unsafe memory.parameters.extracting(block.range)
      unsafe numbers.setParameterSquares(sumOfSquares(of: old.span), block: block.index)
    }
  }

  /// Takes the tree's last merge on a block and scales the root; returns its sum of squares.
  private func makeMean(_ root: inout MutableSpan<Float>, _ part: Range<Int>) -> Double {
    if let merge = tree.finishingMerges.last {
      let source = unsafe memory.leftOvers[merge.source].extracting(part)
      let mean = unsafe finishBlock(source.span, into: &root, scaledBy: leafFactor)
      note(mean.finite, of: merge)
      return mean.squares
    }
    let squares = scaleBlock(&root, by: leafFactor)
    // One rank has merged all, and looked at all; but one micro-batch there is nothing to merge with.
    if layout.microBatches == 1, !squares.isFinite {
      numbers.setNotFinite(microBatch: 0, rank: world.rank)
    }
    return squares
  }

  /// Blames the micro-batches whose gradients were found not to be finite, where they are still
  /// themselves and not sums.
  private func note(_ finite: FiniteOperands, of merge: ReductionTree.Merge) {
    if !finite.destination, let leaf = merge.destinationLeaf {
      numbers.setNotFinite(microBatch: leaf, rank: world.rank)
    }
    if !finite.source, let leaf = merge.sourceLeaf {
      numbers.setNotFinite(microBatch: leaf, rank: world.rank)
    }
  }

  /// A block's elements, counted from the start of this rank's slice.
  func withinSlice(_ block: Block) -> Range<Int> {
    let start = slices.elementRanges[world.rank].lowerBound
    return block.range.lowerBound - start..<block.range.upperBound - start
  }
}

/// The blocks in runs of about a megabyte, the last run first; forward within a run, because a core
/// fetches ahead of a reader that goes forward.
private func lastRunFirst(_ blocks: [Reducer.Block]) -> [Reducer.Block] {
  let length = 64
  return stride(from: 0, to: blocks.count, by: length).reversed().flatMap {
    blocks[$0..<min($0 + length, blocks.count)]
  }
}

/// The transport that `choice` and the machine allow, and what is to be said about it.
private func chooseTransport(
  _ choice: TransportChoice, _ parts: ReductionParts, _ capacity: Int?, in world: World
) throws(MPIError) -> (transport: any Transport, note: String?) {
  guard choice != .messages else { return (MessageTransport(parts, in: world), nil) }
  if world.nodeCount > 1 {
    let note = choice == .window ? "ranks are on \(world.nodeCount) nodes: using messages" : nil
    return (MessageTransport(parts, in: world), note)
  }
  let plan = WindowPlan(parts)
  // MPI fails on one rank alone where memory is short: all agree before it is asked for.
  let agreed = try world.minimum(capacity ?? windowCapacity())
  if let note = plan.complaint(capacity: agreed, ranksOnNode: world.ranksOnNode) {
    return (MessageTransport(parts, in: world), note)
  }
  return (try WindowTransport(parts, plan, in: world), nil)
}
