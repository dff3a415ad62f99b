#if canImport(Glibc)
  import Glibc
#endif

/// The range of an axis and the numbers written beside it.
struct Axis: Equatable {
  /// The smallest value shown.
  let low: Double
  /// The largest value shown.
  let high: Double
  /// Round numbers between them.
  let ticks: [Double]

  /// An axis from `low` to `high`, widened to round numbers, with about so many ticks.
  init(from low: Double, to high: Double, ticks count: Int, widened: Bool = true) {
    let width = high > low ? high - low : max(abs(low), 1) * 0.1
    let step = Self.roundStep(near: width / Double(max(1, count)))
    let first = (low / step).rounded(widened ? .down : .up)
    let last = (max(high, low + width) / step).rounded(widened ? .up : .down)
    ticks = stride(from: first, through: last, by: 1).map { $0 * step }
    self.low = widened ? first * step : low
    self.high = widened ? last * step : max(high, low + width)
  }

  /// Where a value lies, from 0 at the low end to 1 at the high one; what is beyond is at the end.
  func position(of value: Double) -> Double {
    min(1, max(0, (value - low) / (high - low)))
  }

  /// 1, 2 or 5 times a power of ten.
  private static func roundStep(near width: Double) -> Double {
    let power = pow(10, floor(log10(width)))
    let digit = width / power
    return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10)
  }
}
