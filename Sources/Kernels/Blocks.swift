import CVectors

// Kernels over one block: at most 4096 floats, a multiple of 16, its padded tail zero. A block is
// always processed whole by one call, so a sum's order depends on the position in the block alone.

/// Whether the two operands of an addition were finite before it, every element of them.
public struct FiniteOperands: Hashable, Sendable {
  /// What was added.
  public let source: Bool
  /// What it was added to.
  public let destination: Bool

  init(_ operands: lockstep_finite_operands) {
    source = operands.source
    destination = operands.destination
  }
}

/// Adds `source` to `destination`, element by element; both have the same multiple of 16 floats.
@discardableResult
public func addBlock(
  _ source: Span<Float>, into destination: inout MutableSpan<Float>
) -> FiniteOperands {
  let count = blockCount(source.count, destination.count)
  return unsafe FiniteOperands(
    lockstep_add_block(destination.mutableAddress, source.address, count))
}

/// destination ← (destination + source)·factor: the last addition of a mean, in one pass with the
/// sum of squares of what is stored, which is `sumOfSquares(of:)`.
public func finishBlock(
  _ source: Span<Float>, into destination: inout MutableSpan<Float>, scaledBy factor: Float
) -> (squares: Double, finite: FiniteOperands) {
  let count = blockCount(source.count, destination.count)
  let mean = unsafe lockstep_finish_block(
    destination.mutableAddress, source.address, factor, count)
  return (mean.squares, FiniteOperands(mean.finite))
}

/// Multiplies a block of a multiple of 16 floats by `factor`, in place; returns the sum of squares
/// of what is stored, which is `sumOfSquares(of:)`.
@discardableResult
public func scaleBlock(_ block: inout MutableSpan<Float>, by factor: Float) -> Double {
  let count = blockCount(block.count)
  return unsafe lockstep_scale_block(block.mutableAddress, factor, count)
}

/// A digest of the bits of a block of a multiple of 16 floats: another one, for certain, where a
/// single element has other bits, and all but certainly where several have.
public func digestBlock(_ block: Span<Float>) -> UInt64 {
  let count = blockCount(block.count)
  return unsafe lockstep_block_digest(block.address, count)
}

/// The sum of the squares of a block of a multiple of 16 floats, not finite if one of them is not.
///
/// Sixteen sums in Double, one a lane, are added at the end by halves. The square of a Float is
/// exact in Double, and no sum of 4096 of them overflows.
public func sumOfSquares(of block: Span<Float>) -> Double {
  let count = blockCount(block.count)
  return unsafe lockstep_block_squares(block.address, count)
}

/// The floats of a block: a multiple of 16, and as many in each of the arrays.
func blockCount(
  _ count: Int, _ second: Int? = nil, _ third: Int? = nil, _ fourth: Int? = nil
) -> Int {
  precondition(
    count % 16 == 0 && second ?? count == count && third ?? count == count
      && fourth ?? count == count,
    "blocks of \(count), \(second ?? count), \(third ?? count) and \(fourth ?? count) floats are not "
      + "alike or no multiple of 16")
  return count
}
