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

/// Overwrites every element of y with `value`.
public func fill(_ y: inout MutableSpan<Float>, with value: Float) {
  for i in 0..<y.count { y[i] = value }
}

/// Overwrites z with the product x·y, element by element.
public func multiply(_ x: Span<Float>, _ y: Span<Float>, into z: inout MutableSpan<Float>) {
  precondition(
    x.count == z.count && y.count == z.count, "\(x.count) × \(y.count) into \(z.count) elements")
  for i in 0..<z.count { z[i] = x[i] * y[i] }
}
