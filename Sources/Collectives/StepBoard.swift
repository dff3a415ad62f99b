/// Where the numbers of a step lie on its board: of each rank its control integer, for how long it
/// has computed, what memory it found damaged, and a digest of its copy of the parameters; then
/// three numbers a micro-batch, then one for each gradient that the owners of slices finish, then
/// its blocks' sums of squares.
///
/// Whether a gradient is finite shows where it is first read: in a merge by the rank that made it,
/// or on each slice by the slice's owner. So it costs no pass of its own.
struct StepBoard {
  let board: Board
  private let microBatches: [Int]
  private let blocks: [Int]
  private let controls: [Int]
  private let sumsPerBlock: Int
  /// A rank's numbers before those of its micro-batches.
  private static let header = 4
  /// For each rank, where what it found in the gradients of others begins.
  private let findings: [Int]
  /// For each micro-batch its place among findings, nil where its own rank merges it.
  private let places: [Int?]

  init(_ layout: ReductionLayout, _ tree: ReductionTree, _ slices: SlicePartition) {
    let perBlock = layout.sumsParameterSquares ? 2 : 1
    let finished = tree.finishedLeaves
    board = Board(
      counts: zip(tree.shares, slices.blockRanges).map {
        Self.header + 3 * $0.microBatches.count + finished.count + perBlock * $1.count
      })
    let starts = board.runs.displacements.map(Int.init)
    controls = starts
    microBatches = zip(tree.shares, starts).flatMap { share, start in
      share.microBatches.indices.map {
        start + Self.header + 3 * ($0 - share.microBatches.lowerBound)
      }
    }
    findings = zip(tree.shares, starts).map { $1 + Self.header + 3 * $0.microBatches.count }
    places = (0..<tree.microBatches).map(finished.firstIndex)
    blocks = zip(slices.blockRanges, findings).flatMap { owned, start in
      owned.indices.map { start + finished.count + perBlock * ($0 - owned.lowerBound) }
    }
    sumsPerBlock = perBlock
  }

  func setControl(_ value: Int32, rank: Int) { board[controls[rank]] = Double(value) }

  func setComputeSeconds(_ seconds: Double, rank: Int) { board[controls[rank] + 1] = seconds }

  func computeSeconds(rank: Int) -> Double { board[controls[rank] + 1] }

  func setDamage(_ damage: MemoryDamage?, rank: Int) {
    board[controls[rank] + 2] = Double(damage?.code ?? 0)
  }

  private func damage(rank: Int) -> MemoryDamage? {
    MemoryDamage(code: Int(exactly: board[controls[rank] + 2]) ?? 0, rank: rank)
  }

  func setCopyDigest(_ digest: Double, rank: Int) { board[controls[rank] + 3] = digest }

  /// Whether ranks have different copies of the parameters.
  private var copiesDiffer: Bool {
    controls.contains { board[$0 + 3] != board[controls[0] + 3] }
  }

  func setScalars(loss: Double, correct: Int, microBatch: Int) {
    board[microBatches[microBatch]] = loss
    board[microBatches[microBatch] + 1] = Double(correct)
  }

  /// Takes all that `rank` is to look at for finite, until it finds something else.
  func beginStep(rank: Int, microBatches range: Range<Int>) {
    for microBatch in range { board[microBatches[microBatch] + 2] = 1 }
    for place in places { if let place { board[findings[rank] + place] = 1 } }
  }

  /// Notes that `rank` found something in the gradient of `microBatch` that is not finite.
  func setNotFinite(microBatch: Int, rank: Int) {
    if let place = places[microBatch] {
      board[findings[rank] + place] = 0
    } else {
      board[microBatches[microBatch] + 2] = 0
    }
  }

  func setGradientSquares(_ sum: Double, block: Int) { board[blocks[block]] = sum }

  func setParameterSquares(_ sum: Double, block: Int) { board[blocks[block] + 1] = sum }

  func loss(_ microBatch: Int) -> Double { board[microBatches[microBatch]] }

  func correct(_ microBatch: Int) -> Int { Int(board[microBatches[microBatch] + 1]) }

  func gradientSquares(_ block: Int) -> Double { board[blocks[block]] }

  func parameterSquares(_ block: Int) -> Double {
    sumsPerBlock == 2 ? board[blocks[block] + 1] : 0
  }

  private func gradientIsFinite(_ microBatch: Int) -> Bool {
    guard let place = places[microBatch] else { return board[microBatches[microBatch] + 2] == 1 }
    return findings.allSatisfy { board[$0 + place] == 1 }
  }

  /// The same totals on every rank: all are taken in an order that does not depend on ranks.
  func totals(counted: [Bool]) -> ReductionTotals {
    var totals = ReductionTotals()
    for microBatch in microBatches.indices {
      let loss = loss(microBatch)
      totals.meanLoss += loss
      totals.correct += correct(microBatch)
      if !loss.isFinite || !gradientIsFinite(microBatch) {
        totals.isFinite = false
        if totals.firstNonFiniteMicroBatch == nil { totals.firstNonFiniteMicroBatch = microBatch }
      }
    }
    totals.meanLoss /= Double(microBatches.count)
    var squares = 0.0
    for block in blocks.indices {
      let sum = gradientSquares(block)
      if !sum.isFinite { totals.isFinite = false }
      if counted[block] { squares += sum }
    }
    totals.gradientNorm = squares.squareRoot()
    for control in controls { totals.control |= Int32(board[control]) }
    for rank in controls.indices where totals.damage == nil { totals.damage = damage(rank: rank) }
    totals.copiesDiffer = copiesDiffer
    return totals
  }
}
