// Samples of a micro-batch mixed with each other: images [N, D], D numbers a sample.

/// Overwrites every image with `share` of itself and the rest of the one before it; the one before
/// the first is the last (Zhang et al., "mixup: beyond empirical risk minimization", 2018).
///
/// - Parameter last: memory [D], overwritten.
public func mixWithPredecessors(
  _ images: inout MutableSpan<Float>, share: Float, last: inout MutableSpan<Float>
) {
  let size = last.count
  let count = images.count / size
  precondition(images.count == count * size, "\(images.count) numbers, \(size) a sample")
  for index in 0..<size { last[index] = images[(count - 1) * size + index] }
  for sample in stride(from: count - 1, through: 0, by: -1) {
    for index in 0..<size {
      let other = sample == 0 ? last[index] : images[(sample - 1) * size + index]
      let place = sample * size + index
      images[place] = share * images[place] + (1 - share) * other
    }
  }
}

/// Overwrites a rectangle of every image [H, W, C] with that of the one before it; the one before
/// the first is the last (Yun et al., "CutMix", 2019).
///
/// - Parameter last: memory [H, W, C], overwritten.
public func cutFromPredecessors(
  _ images: inout MutableSpan<Float>, rows: Range<Int>, columns: Range<Int>, width: Int,
  channels: Int, last: inout MutableSpan<Float>
) {
  let size = last.count
  let count = images.count / size
  precondition(images.count == count * size, "\(images.count) numbers, \(size) a sample")
  for index in 0..<size { last[index] = images[(count - 1) * size + index] }
  for sample in stride(from: count - 1, through: 0, by: -1) {
    for row in rows {
      let first = (row * width + columns.lowerBound) * channels
      for index in first..<first + columns.count * channels {
        images[sample * size + index] =
          sample == 0 ? last[index] : images[(sample - 1) * size + index]
      }
    }
  }
}
