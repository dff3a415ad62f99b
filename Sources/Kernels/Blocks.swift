// Kernels over one block: at most 4096 floats, a multiple of 16, its padded tail zero. A block is
// always processed whole by one call, so a sum's order depends on the position in the block alone.

/// Adds `source` to `destination`, element by element; both have the same multiple of 16 floats.
public func addBlock(_ source: Span<Float>, into destination: inout MutableSpan<Float>) {
  let count = blockCount(source.count)
  precondition(
    destination.count == count, "blocks of \(count) and \(destination.count) cannot be added")
  unsafe source.withUnsafeBytes { from in
    unsafe destination.withUnsafeMutableBytes { into in
      for offset in stride(from: 0, to: count * 4, by: 64) {
        let sum =
          unsafe into.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
          + from.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
        unsafe into.storeBytes(of: sum, toByteOffset: offset, as: SIMD16<Float>.self)
      }
    }
  }
}

/// Multiplies a block of a multiple of 16 floats by `factor`, in place.
public func scaleBlock(_ block: inout MutableSpan<Float>, by factor: Float) {
  let count = blockCount(block.count)
  unsafe block.withUnsafeMutableBytes { bytes in
    for offset in stride(from: 0, to: count * 4, by: 64) {
      let scaled =
        unsafe bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self) * factor
      unsafe bytes.storeBytes(of: scaled, toByteOffset: offset, as: SIMD16<Float>.self)
    }
  }
}

/// The sum of the squares of a block of a multiple of 16 floats, not a number if one is not.
///
/// Sixteen sums in Double, one a lane, are added at the end by halves. The square of a Float is
/// exact in Double, so it does not matter whether product and sum are fused.
public func sumOfSquares(of block: Span<Float>) -> Double {
  let count = blockCount(block.count)
  let lanes = unsafe block.withUnsafeBytes { bytes in
    var sums = SIMD16<Double>.zero
    for offset in stride(from: 0, to: count * 4, by: 64) {
      let x = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
      let wide = SIMD16<Double>(x)
      sums += wide * wide
    }
    return sums
  }
  let eight = lanes.lowHalf + lanes.highHalf
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

/// Whether every element of an array of a multiple of 16 floats is finite.
public func isFinite(_ array: Span<Float>) -> Bool {
  let count = blockCount(array.count)
  let lanes = unsafe array.withUnsafeBytes { bytes in
    var sums = SIMD16<Float>.zero
    for offset in stride(from: 0, to: count * 4, by: 64) {
      // Zero times a finite number is zero; times infinity, or not a number, it is not a number.
      sums += unsafe bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self) * 0
    }
    return sums
  }
  return all(lanes .== 0)
}

private func blockCount(_ count: Int) -> Int {
  precondition(count % 16 == 0, "a block of \(count) floats is no multiple of 16")
  return count
}
