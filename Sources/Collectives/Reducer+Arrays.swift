public import Storage

// The arrays that a reducer owns, as the optimizer and checkpoints see them.

extension Reducer {
  /// All parameters, to read; new ones are there after `publish`.
  public var parameters: Span<Float> {
    @_lifetime(borrow self) get {
      let all = unsafe memory.parameters
      return unsafe _overrideLifetime(all.span, borrowing: self)
    }
  }

  /// The mean gradient of an owned block, from `reduce` on until `publish`; an optimizer may put
  /// its direction in its place.
  @_lifetime(borrow self)
  public func gradient(_ block: Block) -> MutableSpan<Float> {
    let part = unsafe memory.leftOvers[0].extracting(withinSlice(block))
    return unsafe _overrideLifetime(part.mutableSpan, borrowing: self)
  }

  /// The parameters of an owned block, to update between `reduce` and `publish`.
  @_lifetime(borrow self)
  public func parameters(_ block: Block) -> MutableSpan<Float> {
    precondition(owns(block), "block \(block.index) is another rank's")
    let part = unsafe memory.parameters.extracting(block.range)
    return unsafe _overrideLifetime(part.mutableSpan, borrowing: self)
  }

  /// The mean gradient of an owned block, to read only.
  ///
  /// The same as `gradient(block).span`, but that puts the MutableSpan on the heap where it is a
  /// `let` (Swift 6.3.1), once a block and step; to be given up when that no longer holds.
  @_lifetime(borrow self)
  public func gradientSpan(_ block: Block) -> Span<Float> {
    let part = unsafe memory.leftOvers[0].extracting(withinSlice(block))
    return unsafe _overrideLifetime(part.span, borrowing: self)
  }

  /// The parameters of an owned block, to read only; see `gradientSpan`.
  @_lifetime(borrow self)
  public func parametersSpan(_ block: Block) -> Span<Float> {
    let part = unsafe memory.parameters.extracting(block.range)
    return unsafe _overrideLifetime(part.span, borrowing: self)
  }

  /// An owned block of state array `number`.
  @_lifetime(borrow self)
  public func state(_ number: Int, _ block: Block) -> MutableSpan<Float> {
    let part = unsafe memory.states[number].extracting(withinSlice(block))
    return unsafe _overrideLifetime(part.mutableSpan, borrowing: self)
  }

  /// The loss of a micro-batch, of any rank, after `reduce`.
  public func loss(microBatch: Int) -> Double { numbers.loss(microBatch) }

  /// The samples of a micro-batch that were classified correctly, after `reduce`.
  public func correct(microBatch: Int) -> Int { numbers.correct(microBatch) }

  /// For how many seconds a rank has computed since it began, without waiting; after `reduce`.
  public func computeSeconds(rank: Int) -> Double { numbers.computeSeconds(rank: rank) }

  /// The sum of squares of the mean gradient of any block, by number, after `reduce`.
  public func gradientSquares(block: Int) -> Double { numbers.gradientSquares(block) }

  /// The sum of squares of the parameters of any block as they were before `reduce`.
  ///
  /// Zero unless the layout has `sumsParameterSquares`.
  public func parameterSquares(block: Int) -> Double { numbers.parameterSquares(block) }

  /// Sets one of the layout's `extraBlockSums` numbers of an owned block, for `exchangeBlockSums`.
  public func setBlockSum(_ number: Int, _ block: Block, to value: Double) {
    precondition(owns(block), "block \(block.index) is another rank's")
    extraSums[block.index * layout.extraBlockSums + number] = value
  }

  /// One of the extra numbers of any block, after `exchangeBlockSums`.
  public func blockSum(_ number: Int, block: Int) -> Double {
    extraSums[block * layout.extraBlockSums + number]
  }

  /// Makes the numbers set by `setBlockSum` known to all ranks; throws `MPIError`.
  public func exchangeBlockSums() throws(MPIError) {
    try progress.waiting { () throws(MPIError) in try transport.exchange(extraSums) }
  }

  /// Lets `body` overwrite the parameters, on the root alone, and makes them known to all ranks.
  ///
  /// For initial values and those of a checkpoint; the padding must stay zero. Throws `MPIError`.
  public func fillParameters(_ body: (inout MutableSpan<Float>) -> Void) throws(MPIError) {
    // Where they are shared, a late rank may still be reading the old ones.
    try world.barrier()
    if world.isRoot {
      let full = unsafe memory.parameters
      var all = unsafe full.mutableSpan
      body(&all)
    }
    try transport.broadcastParameters()
  }

  /// Lets `body` overwrite state array `number`, on the root alone, and hands each rank its slice.
  ///
  /// Throws `MPIError`.
  public func fillState(
    _ number: Int, _ body: (inout MutableSpan<Float>) -> Void
  ) throws(MPIError) {
    let gathered = AlignedArray<Float>(count: elementsToGather(number))
    let full = unsafe transport.sharedState(number) ?? gathered.unsafeElements
    try world.barrier()
    if world.isRoot {
      var all = unsafe full.mutableSpan
      body(&all)
    }
    try unsafe transport.scatterState(number, from: full)
  }

  /// Shows `body` the whole of state array `number`, on the root alone, and returns what it returns.
  ///
  /// All ranks call it together; others get nil. Throws `MPIError`, or what `body` throws, after
  /// the ranks have met.
  public func withState<Result>(
    _ number: Int, _ body: (Span<Float>) throws -> Result
  ) throws -> Result? {
    let gathered = AlignedArray<Float>(count: elementsToGather(number))
    let full = unsafe transport.sharedState(number) ?? gathered.unsafeElements
    try unsafe transport.gatherState(number, into: full)
    return world.isRoot ? try unsafe body(full.span) : nil
  }

  /// Copies the whole of state array `number` into `values`, on every rank.
  ///
  /// All ranks call it together. Throws `MPIError`.
  public func collectState(
    _ number: Int, into values: inout AlignedArray<Float>
  ) throws(MPIError) {
    precondition(values.count == layout.count, "\(values.count) of \(layout.count) elements")
    try unsafe transport.gatherState(number, into: values.unsafeElements)
    if let shared = unsafe transport.sharedState(number) {
      _ = unsafe values.unsafeElements.update(fromContentsOf: shared)
    } else {
      try unsafe world.broadcast(values.unsafeElements)
    }
  }

  private func owns(_ block: Block) -> Bool {
    slices.blockRanges[world.rank].contains(block.index)
  }

  /// What the root needs to see a state array whole, where it is not shared anyway.
  private func elementsToGather(_ number: Int) -> Int {
    unsafe world.isRoot && transport.sharedState(number) == nil ? layout.count : 0
  }
}
