/// From which source pixels, with which weights, the target pixels along one axis are made.
///
/// The triangle filter of PIL's `Image.resize` (Resample.c), widened by the reduction.
internal struct ResamplingAxis {
  /// The source pixels of each target pixel.
  private(set) var taps: [Range<Int>] = []
  /// The weights, `weightCount` places a target pixel, as multiples of 2^-22.
  private(set) var weights: [Int32] = []
  /// The most source pixels that a target pixel may have.
  private(set) var weightCount = 0

  /// Takes the memory for `target` pixels of at most `source`.
  mutating func reserve(_ target: Int, of source: Int) {
    taps.reserveCapacity(target)
    // Where `target` pixels cover the source its scale is at most source / target.
    weights.reserveCapacity(2 * source + 3 * target)
  }

  /// The number of target pixels.
  var count: Int { taps.count }
  /// All source pixels that are used.
  var needed: Range<Int> { taps[0].lowerBound..<taps[taps.count - 1].upperBound }

  /// Takes the stretch `from` ..< `to` of `source` pixels to `target` pixels, and of these the
  /// `middle` ones.
  mutating func set(source: Int, from: Double, to: Double, target: Int, middle: Int) {
    let scale = (to - from) / Double(target)
    let support = max(scale, 1)
    weightCount = Int(support.rounded(.up)) * 2 + 1
    taps.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
    // Python's round, which torchvision's CenterCrop uses, rounds halves to even.
    let first = Int((Double(target - middle) / 2).rounded(.toNearestOrEven))
    for position in first..<first + middle {
      let center = from + (Double(position) + 0.5) * scale
      let low = max(Int(center - support + 0.5), 0)
      let high = min(Int(center + support + 0.5), source)
      var sum = 0.0
      for pixel in low..<high { sum += ResamplingAxis.share(pixel, center, support) }
      taps.append(low..<high)
      for pixel in low..<high {
        let share = ResamplingAxis.share(pixel, center, support)
        weights.append(Int32(share / sum * Double(1 << ResamplingAxis.bits) + 0.5))
      }
      for _ in high - low..<weightCount { weights.append(0) }
    }
  }

  /// What a source pixel contributes to a target pixel with its centre at `center`.
  private static func share(_ pixel: Int, _ center: Double, _ support: Double) -> Double {
    max(1 - abs((Double(pixel) - center + 0.5) / support), 0)
  }

  /// Bits of a weight behind the point: 32, less 8 of the pixel, less 2 against overflow.
  static let bits: Int32 = 22
  /// One half, where sums begin.
  static let half: Int32 = 1 << (bits - 1)

  /// A sum as a byte.
  static func byte(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> bits) }
}
