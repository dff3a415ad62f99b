import Kernels
import Storage

/// Sums gradients over micro-batches and ranks along one fixed tree, and owns what that takes: the
/// parameters, the gradient buffers and the optimizer's state.
///
/// A step: `leaf` and `record` for each of this rank's micro-batches, in order, and `advance` as
/// often as wanted while a leaf is written; `reduce`; the optimizer over `ownedBlocks`; `publish`.
/// Every rank makes the same calls, but for `advance`. None allocates.
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
  /// What this rank notes of what it is doing.
  public let progress: StepProgress
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
  private let buckets: [Bucket]
  private var handedOut = 0
  /// Merges done on all blocks.
  private var merged = 0
  /// Buckets on which the leaf that was handed out last is final and merged.
  private var settled = 0
  /// What went wrong in `advance`, for `reduce` to throw.
  private var failure: MPIError?
  private var recorded = 0
  var seals: Seals
  /// Whether the update that is under way finds valid seals.
  var checksSeals = false
  /// The digest of each block, by its owner; empty where parameters exist once.
  let copyDigests: Board

  /// A block that this rank owns.
  public struct Block: Sendable, Equatable {
    /// Its number among all blocks.
    public let index: Int
    /// Its elements in the flat arrays.
    public let range: Range<Int>
  }

  /// Allocates everything for `layout`, on all ranks together.
  ///
  /// `slices` moves the slice boundaries, `bucketSize` those of buckets, `windowCapacity` stands for
  /// the free bytes of shared memory; all are for tests. Throws `MPIError`.
  public init(
    _ layout: ReductionLayout, in world: World, transport choice: TransportChoice = .automatic,
    progress: StepProgress = StepProgress(), slices: SlicePartition? = nil, bucketSize: Int? = nil,
    windowCapacity: Int? = nil
  ) throws(MPIError) {
    let tree = ReductionTree(microBatches: layout.microBatches, ranks: world.size)
    let slices = slices ?? SlicePartition(blocks: layout.blocks, ranks: world.size)
    numbers = StepBoard(layout, tree, slices)
    extraSums = Board(counts: slices.blockRanges.map { $0.count * layout.extraBlockSums })
    buckets = Bucket.plan(layout.blocks, late: layout.lateBlocks, size: bucketSize)
    let parts = ReductionParts(
      layout: layout, tree: tree, slices: slices, buckets: buckets,
      boards: [numbers.board, extraSums])
    let chosen = try chooseTransport(choice, parts, windowCapacity, in: world)
    transport = chosen.transport
    transportInUse = chosen.transport is WindowTransport ? .window : .messages
    note = chosen.note
    memory = chosen.transport.memory
    sliceBlocks = slices.blockRanges[world.rank].map { Block(index: $0, range: layout.blocks[$0]) }
    ownedBlocks = lastRunFirst(sliceBlocks)
    share = tree.shares[world.rank]
    seals = Seals(blocks: sliceBlocks.count, arrays: 1 + layout.stateCount)
    let hasCopies = transportInUse == .messages
    copyDigests = Board(counts: slices.blockRanges.map { hasCopies ? $0.count : 0 })
    leafFactor = 1 / Float(layout.microBatches)
    self.progress = progress
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
    } else {
      settleLeaf()
    }
    let slot = unsafe memory.slots[share.slots[handedOut]]
    handedOut += 1
    if lastLeafIsOut { attempt(.begin) }
    return unsafe _overrideLifetime(slot.mutableSpan, borrowing: self)
  }

  /// Takes note that the leaf that is being written is final from element `first` on, the layout's
  /// late blocks only with the first of all.
  ///
  /// What is final is merged while it is in the cache, and, of the last leaf, sent to its owners:
  /// messages are under way while backward goes on.
  public func advance(from first: Int) {
    while settled < buckets.count, buckets[settled].dueFrom >= first { settleBucket() }
    if lastLeafIsOut { attempt(.progress) }
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
  /// `control` is this rank's wish, as bits; all ranks learn of it. Where it is `comparingCopies`,
  /// they also learn whether they have the same parameters. Afterwards each rank holds the gradient
  /// of its blocks. Throws `MPIError`.
  public func reduce(
    control: Int32 = 0, comparingCopies: Bool = false
  ) throws(MPIError) -> ReductionTotals {
    precondition(
      handedOut == share.slots.count && recorded == handedOut,
      "of \(share.slots.count) micro-batches \(handedOut) were begun and \(recorded) recorded")
    progress.enter(.reducing)
    settleLeaf()
    handedOut = 0
    merged = 0
    recorded = 0
    if let failure { throw failure }
    numbers.setCopyDigest(comparingCopies ? digestOfCopy : 0, rank: world.rank)
    try progress.waiting { () throws(MPIError) in try transport.finishGradients() }
    for block in sliceBlocks { finish(block) }
    numbers.setControl(control, rank: world.rank)
    numbers.setComputeSeconds(progress.computeSeconds, rank: world.rank)
    numbers.setDamage(seals.damage, rank: world.rank)
    try progress.waiting { () throws(MPIError) in try transport.exchange(numbers.board) }
    return numbers.totals(counted: layout.countedBlocks)
  }

  /// Makes the owners' new parameters known to all ranks; throws `MPIError`.
  public func publish() throws(MPIError) {
    progress.enter(.publishing)
    try transport.publish()
  }

  /// Gives shared memory back; all ranks call it, last, and use the reducer no more.
  ///
  /// Not done by `deinit`: giving back waits for all ranks, and one that fails must not wait.
  public func close() throws(MPIError) { try transport.close() }

  private var lastLeafIsOut: Bool { handedOut == share.slots.count }

  /// How many merges are done once the leaf that was handed out last is.
  private var mergesDue: Int {
    lastLeafIsOut ? share.merges.count : share.mergesBefore[handedOut]
  }

  /// Settles what is left of the leaf that was handed out last.
  private func settleLeaf() {
    while settled < buckets.count { settleBucket() }
    settled = 0
    merged = mergesDue
  }

  /// Takes all merges that the leaf makes possible on the next bucket, block by block: what one
  /// leaves in the cache the next one reads.
  private func settleBucket() {
    let bucket = buckets[settled]
    let due = mergesDue
    if merged < due {
      for block in layout.blocks[bucket.blocks] {
        for merge in share.merges[merged..<due] { add(merge, on: block) }
      }
    }
    if lastLeafIsOut { attempt(.send(settled)) }
    settled += 1
  }

  private func add(_ merge: ReductionTree.Merge, on block: Range<Int>) {
    let source = unsafe memory.slots[merge.source].extracting(block)
    let destination = unsafe memory.slots[merge.destination].extracting(block)
    var sum = unsafe destination.mutableSpan
    note(unsafe addBlock(source.span, into: &sum), of: merge)
  }

  /// What a transport is asked for between layers.
  private enum Move {
    case begin
    case send(Int)
    case progress
  }

  /// Makes a move and keeps the first error for `reduce`: between layers nobody waits for one.
  private func attempt(_ move: Move) {
    if failure != nil { return }
    do throws(MPIError) {
      switch move {
      case .begin: try transport.beginGradients()
      case .send(let bucket): try transport.sendGradients(bucket)
      case .progress: try transport.progress()
      }
    } catch {
      failure = error
    }
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
  guard choice != .messages else { return (try MessageTransport(parts, in: world), nil) }
  if world.nodeCount > 1 {
    let note = choice == .window ? "ranks are on \(world.nodeCount) nodes: using messages" : nil
    return (try MessageTransport(parts, in: world), note)
  }
  let plan = WindowPlan(parts)
  // MPI fails on one rank alone where memory is short: all agree before it is asked for.
  let agreed = try world.minimum(capacity ?? SharedMemory.free)
  if let note = plan.complaint(capacity: agreed, ranksOnNode: world.ranksOnNode) {
    return (try MessageTransport(parts, in: world), note)
  }
  return (try WindowTransport(parts, plan, in: world), nil)
}
