/// What is reduced: the blocks of the flat arrays, and what travels with them.
public struct ReductionLayout: Sendable {
  /// The elements of each block: at most 4096, a multiple of 16, together all from 0 on.
  public let blocks: [Range<Int>]
  /// Whether a block counts in the gradient's norm; statistics that ride along do not.
  public let countedBlocks: [Bool]
  /// The number of the first block whose gradients are final only when backward has ended; those
  /// before it are final from the end on.
  public let lateBlocks: Int
  /// M, the micro-batches of a step.
  public let microBatches: Int
  /// The number of the optimizer's state arrays.
  public let stateCount: Int
  /// Doubles a block in the extra exchange; 0 where there is none.
  public let extraBlockSums: Int
  /// Whether the sums of squares of the parameters are exchanged with those of the gradient.
  public let sumsParameterSquares: Bool

  /// The number of elements of the flat arrays, padding included.
  public var count: Int { blocks.last?.upperBound ?? 0 }

  /// A layout of `blocks`, all counted in the norm unless `countedBlocks` says otherwise, and none of
  /// them late unless `lateBlocks` does.
  public init(
    blocks: [Range<Int>], countedBlocks: [Bool]? = nil, lateBlocks: Int? = nil, microBatches: Int,
    stateCount: Int, extraBlockSums: Int = 0, sumsParameterSquares: Bool = false
  ) {
    let counted = countedBlocks ?? [Bool](repeating: true, count: blocks.count)
    precondition(
      counted.count == blocks.count, "\(counted.count) flags for \(blocks.count) blocks")
    var end = 0
    for block in blocks {
      precondition(
        block.lowerBound == end && block.count % 16 == 0 && block.count <= 4096,
        "block \(block) does not follow element \(end), or is not of 16…4096 floats by 16")
      end = block.upperBound
    }
    self.blocks = blocks
    self.countedBlocks = counted
    self.lateBlocks = lateBlocks ?? blocks.count
    self.microBatches = microBatches
    self.stateCount = stateCount
    self.extraBlockSums = extraBlockSums
    self.sumsParameterSquares = sumsParameterSquares
  }
}
