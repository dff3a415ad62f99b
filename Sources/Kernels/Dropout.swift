public import Storage

/// Overwrites y with x·mask, and the mask with 0 at the given rate, else 1 / (1 − rate).
///
/// "Inverted" dropout (Srivastava et al., 2014): the expectation stays, nothing is scaled later.
/// Whether element i of the sample falls depends on number i of the stream alone.
///
/// - Parameters:
///   - x: one sample.
///   - rate: in 0 ..< 1.
public func dropout(
  _ x: Span<Float>, rate: Float, stream: RandomStream, into y: inout MutableSpan<Float>,
  mask: inout MutableSpan<Float>
) {
  precondition(
    x.count == y.count && mask.count == y.count,
    "\(x.count) inputs, \(mask.count) factors, \(y.count) outputs")
  let kept = 1 / (1 - rate)
  for first in stride(from: 0, to: y.count, by: 4) {
    let words = stream.words(first >> 2)
    for i in first..<min(first + 4, y.count) {
      let factor = unitInterval(words[i - first]) < rate ? 0 : kept
      mask[i] = factor
      y[i] = x[i] * factor
    }
  }
}
