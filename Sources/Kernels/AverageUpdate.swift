/// a ← keep·a + take·x: an exponential moving average; all [n].
///
/// Batch norm's running statistics and averages of weights are updated so.
public func averageUpdate(
  _ a: inout MutableSpan<Float>, with x: Span<Float>, keep: Float, take: Float
) {
  let n = a.count
  precondition(x.count == n, "\(x.count) elements for an average of \(n)")
  for i in 0..<n { a[i] = keep * a[i] + take * x[i] }
}
