/// y += x.
public func add(_ x: Span<Float>, to y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "adding \(x.count) elements to \(y.count)")
  for i in 0..<x.count { y[i] += x[i] }
}

/// y = x.
public func copy(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "copying \(x.count) elements into \(y.count)")
  for i in 0..<x.count { y[i] = x[i] }
}
