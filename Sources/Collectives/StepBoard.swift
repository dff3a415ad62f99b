/// Where the numbers of a step lie on its board: of each rank its control integer, then three
/// numbers a micro-batch, then its blocks' sums of squares.
struct StepBoard {
  let board: Board
  private let microBatches: [Int]
  private let blocks: [Int]
  private let controls: [Int]
  private let sumsPerBlock: Int

  init(_ layout: ReductionLayout, _ tree: ReductionTree, _ slices: SlicePartition) {
    let perBlock = layout.sumsParameterSquares ? 2 : 1
    board = Board(
      counts: zip(tree.shares, slices.blockRanges).map {
        1 + 3 * $0.microBatches.count + perBlock * $1.count
      })
    let starts = board.runs.displacements.map(Int.init)
    controls = starts
    microBatches = zip(tree.shares, starts).flatMap { share, start in
      share.microBatches.indices.map { start + 1 + 3 * ($0 - share.microBatches.lowerBound) }
    }
    blocks = zip(zip(tree.shares, slices.blockRanges), starts).flatMap { parts, start in
      let first = start + 1 + 3 * parts.0.microBatches.count
      return parts.1.indices.map { first + perBlock * ($0 - parts.1.lowerBound) }
    }
    sumsPerBlock = perBlock
  }

  func setControl(_ value: Int32, rank: Int) { board[controls[rank]] = Double(value) }

  func setScalars(loss: Double, correct: Int, microBatch: Int) {
    board[microBatches[microBatch]] = loss
    board[microBatches[microBatch] + 1] = Double(correct)
  }

  func setFinite(_ finite: Bool, microBatch: Int) {
    board[microBatches[microBatch] + 2] = finite ? 1 : 0
  }

  func setGradientSquares(_ sum: Double, block: Int) { board[blocks[block]] = sum }

  func setParameterSquares(_ sum: Double, block: Int) { board[blocks[block] + 1] = sum }

  func loss(_ microBatch: Int) -> Double { board[microBatches[microBatch]] }

  func correct(_ microBatch: Int) -> Int { Int(board[microBatches[microBatch] + 1]) }

  func gradientSquares(_ block: Int) -> Double { board[blocks[block]] }

  func parameterSquares(_ block: Int) -> Double {
    sumsPerBlock == 2 ? board[blocks[block] + 1] : 0
  }

  /// The same totals on every rank: all are taken in an order that does not depend on ranks.
  func totals(counted: [Bool]) -> ReductionTotals {
    var totals = ReductionTotals()
    for microBatch in microBatches.indices {
      let loss = loss(microBatch)
      totals.meanLoss += loss
      totals.correct += correct(microBatch)
      let gradientIsFinite = board[microBatches[microBatch] + 2] == 1
      if !loss.isFinite || !gradientIsFinite {
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
    return totals
  }
}
