import CVectors

/// a ← keep·a + take·x: an exponential moving average; all [n], n a multiple of 16.
///
/// Batch norm's running statistics and averages of weights are updated so.
public func averageUpdate(
  _ a: inout MutableSpan<Float>, with x: Span<Float>, keep: Float, take: Float
) {
  let n = blockCount(a.count, x.count)
  unsafe lockstep_average_update(a.mutableAddress, x.address, keep, take, n)
}
