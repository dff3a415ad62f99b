import CVectors
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
  let (counter, key) = (stream.counter, stream.key)
  var philox = lockstep_philox(
    counter: (counter.y, counter.z, counter.w), key: (key.x, key.y))
  unsafe lockstep_dropout(
    x.address, x.count, &philox, rate, 1 / (1 - rate), y.mutableAddress, mask.mutableAddress)
}
