import CVectors

/// y += x.
public func add(_ x: Span<Float>, to y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "adding \(x.count) elements to \(y.count)")
  let sum = unsafe y.mutableAddress
  unsafe lockstep_add(x.address, sum, x.count, -.infinity, .infinity, sum)
}

/// Overwrites z with x + y, clamped to the range from 0 to `ceiling` unless that is nil.
public func add(
  _ x: Span<Float>, _ y: Span<Float>, ceiling: Float? = nil, into z: inout MutableSpan<Float>
) {
  precondition(
    x.count == z.count && y.count == z.count, "\(x.count) + \(y.count) into \(z.count) elements")
  unsafe lockstep_add(
    x.address, y.address, z.count, ceiling == nil ? -.infinity : 0, ceiling ?? .infinity,
    z.mutableAddress)
}

/// y = x.
public func copy(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "copying \(x.count) elements into \(y.count)")
  unsafe y.mutableAddress?.update(from: x.address!, count: x.count)
}

/// Overwrites every element of y with `value`.
public func fill(_ y: inout MutableSpan<Float>, with value: Float) { y.update(repeating: value) }

/// Multiplies y by x, element by element.
public func multiply(_ y: inout MutableSpan<Float>, by x: Span<Float>) {
  precondition(x.count == y.count, "\(y.count) × \(x.count) elements")
  let product = unsafe y.mutableAddress
  unsafe lockstep_multiply(x.address, product, x.count, product)
}
