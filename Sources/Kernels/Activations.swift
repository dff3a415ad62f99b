import CVectors

#if canImport(Glibc)
  import Glibc
#endif

// Activation functions, element by element; NaN passes through. Outputs are overwritten; a gradient
// with respect to the output y turns in place into that with respect to the input x, by x or y,
// whichever is named.

/// y = x clamped to the range from 0 to `ceiling`; ReLU if that is infinite, ReLU6 if it is 6.
public func rectify(_ x: Span<Float>, ceiling: Float, into y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "\(x.count) inputs into \(y.count) outputs")
  unsafe lockstep_clamp(x.address, x.count, 0, ceiling, y.mutableAddress)
}

/// dx = dy where 0 < y < `ceiling`, else 0.
public func rectifyGradient(
  output y: Span<Float>, ceiling: Float, _ gradient: inout MutableSpan<Float>
) {
  checkCounts(y.count, gradient.count)
  unsafe lockstep_clamp_gradient(y.address, y.count, ceiling, gradient.mutableAddress)
}

/// y = x where x ≥ 0, else slope·x (Maas, Hannun and Ng, 2013).
public func leakyRectify(_ x: Span<Float>, slope: Float, into y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "\(x.count) inputs into \(y.count) outputs")
  for i in 0..<y.count {
    let value = x[i]
    y[i] = value < 0 ? slope * value : value
  }
}

/// dx = dy where x ≥ 0, else slope·dy.
public func leakyRectifyGradient(
  input x: Span<Float>, slope: Float, _ gradient: inout MutableSpan<Float>
) {
  checkCounts(x.count, gradient.count)
  for i in 0..<x.count {
    let dy = gradient[i]
    gradient[i] = x[i] < 0 ? slope * dy : dy
  }
}

/// y = 1 / (1 + exp(−x)).
public func sigmoid(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "\(x.count) inputs into \(y.count) outputs")
  for i in 0..<y.count { y[i] = logistic(x[i]) }
}

/// dx = dy·y·(1 − y).
public func sigmoidGradient(
  output y: Span<Float>, _ gradient: inout MutableSpan<Float>
) {
  checkCounts(y.count, gradient.count)
  for i in 0..<y.count { gradient[i] *= y[i] * (1 - y[i]) }
}

/// y = tanh(x).
public func hyperbolicTangent(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "\(x.count) inputs into \(y.count) outputs")
  for i in 0..<y.count { y[i] = tanhf(x[i]) }
}

/// dx = dy·(1 − y²).
public func hyperbolicTangentGradient(
  output y: Span<Float>, _ gradient: inout MutableSpan<Float>
) {
  checkCounts(y.count, gradient.count)
  for i in 0..<y.count { gradient[i] *= 1 - y[i] * y[i] }
}

/// y = x·sigmoid(x) (Elfwing, Uchibe and Doya, 2017).
public func sigmoidLinear(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "\(x.count) inputs into \(y.count) outputs")
  for i in 0..<y.count { y[i] = x[i] * logistic(x[i]) }
}

/// dx = dy·s·(1 + x·(1 − s)), s = sigmoid(x).
public func sigmoidLinearGradient(
  input x: Span<Float>, _ gradient: inout MutableSpan<Float>
) {
  checkCounts(x.count, gradient.count)
  for i in 0..<x.count {
    let s = logistic(x[i])
    gradient[i] *= s * (1 + x[i] * (1 - s))
  }
}

/// 1 / (1 + exp(−x)); 0 where the exponential overflows.
func logistic(_ x: Float) -> Float { 1 / (1 + expf(-x)) }

private func checkCounts(_ values: Int, _ gradients: Int) {
  precondition(values == gradients, "\(gradients) gradients of \(values) values")
}
