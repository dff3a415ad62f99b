import Storage

/// From which pixels, with which weights, the pixels along one axis of a resized image are made.
///
/// The triangle filter of PIL's `Image.resize`, widened by the reduction, in its fixed-point
/// arithmetic (Resample.c): the same bits on every machine. All memory is allocated at once.
final class ResizingAxis {
  /// Bits of a weight behind the point.
  private static let bits = 22

  /// The first pixel of each target.
  let starts: AlignedArray<Int32>
  /// The number of pixels of each target.
  let counts: AlignedArray<Int32>
  /// The weights, `stride` places a target.
  let weights: AlignedArray<Int32>
  private(set) var stride = 1
  private let longestTarget: Int

  /// Memory for at most `target` pixels made of at most `source`.
  init(longestSource source: Int, longestTarget target: Int) {
    longestTarget = target
    starts = AlignedArray(count: target)
    counts = AlignedArray(count: target)
    // A target of t pixels takes 2·⌈max(s/t, 1)⌉ + 1 weights each, at most so many in all.
    weights = AlignedArray(count: 2 * source + 5 * target + 2)
  }

  /// Prepares for a stretch of the image, `from` ..< `end`, that is to become `target` pixels.
  ///
  /// Of these the `part` is wanted. No pixel beyond the stretch is used.
  func prepare(from: Int, end: Int, target: Int, part: Range<Int>) {
    precondition(part.count <= longestTarget, "\(part) of at most \(longestTarget) pixels")
    let scale = Double(end - from) / Double(target)
    let support = max(scale, 1)
    stride = 2 * Int(support.rounded(.up)) + 1
    precondition(stride * part.count <= weights.count, "\(from..<end) to \(target) pixels")
    for position in part {
      let center = (Double(position) + 0.5) * scale
      let low = max(Int(center - support + 0.5), 0)
      let high = min(Int(center + support + 0.5), end - from)
      let index = position - part.lowerBound
      unsafe starts.unsafeElements[index] = Int32(from + low)
      unsafe counts.unsafeElements[index] = Int32(high - low)
      var sum = 0.0
      for pixel in low..<high { sum += Self.share(pixel, center, support) }
      for pixel in low..<high {
        let weight = Self.share(pixel, center, support) / sum
        unsafe weights.unsafeElements[index * stride + pixel - low] =
          Int32(weight * Double(1 << Self.bits) + 0.5)
      }
    }
  }

  private static func share(_ pixel: Int, _ center: Double, _ support: Double) -> Double {
    max(1 - abs((Double(pixel) - center + 0.5) / support), 0)
  }
}
