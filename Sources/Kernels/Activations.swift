#if canImport(Glibc)
  import Glibc
#endif

// Activation functions, element by element; NaN passes through. Outputs and gradients are
// overwritten; a gradient is taken from the input x or the output y, whichever is named. Elements
// are loaded before a choice is made: only so do loops become vector selections.

/// y = x clamped to the range from 0 to `ceiling`; ReLU if that is infinite, ReLU6 if it is 6.
public func rectify(_ x: Span<Float>, ceiling: Float, into y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "\(x.count) inputs into \(y.count) outputs")
  for i in 0..<y.count {
    let value = x[i]
    let floored = value < 0 ? 0 : value
    y[i] = floored > ceiling ? ceiling : floored
  }
}

/// dx = dy where 0 < y < `ceiling`, else 0.
public func rectifyGradient(
  output y: Span<Float>, ceiling: Float, _ dy: Span<Float>, into dx: inout MutableSpan<Float>
) {
  checkCounts(y.count, dy.count, dx.count)
  for i in 0..<dx.count {
    let (value, gradient) = (y[i], dy[i])
    let open = value > 0 ? gradient : 0
    dx[i] = value < ceiling ? open : 0
  }
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
  input x: Span<Float>, slope: Float, _ dy: Span<Float>, into dx: inout MutableSpan<Float>
) {
  checkCounts(x.count, dy.count, dx.count)
  for i in 0..<dx.count {
    let gradient = dy[i]
    dx[i] = x[i] < 0 ? slope * gradient : gradient
  }
}

/// y = 1 / (1 + exp(−x)).
public func sigmoid(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "\(x.count) inputs into \(y.count) outputs")
  for i in 0..<y.count { y[i] = logistic(x[i]) }
}

/// dx = dy·y·(1 − y).
public func sigmoidGradient(
  output y: Span<Float>, _ dy: Span<Float>, into dx: inout MutableSpan<Float>
) {
  checkCounts(y.count, dy.count, dx.count)
  for i in 0..<dx.count { dx[i] = dy[i] * (y[i] * (1 - y[i])) }
}

/// y = tanh(x).
public func hyperbolicTangent(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "\(x.count) inputs into \(y.count) outputs")
  for i in 0..<y.count { y[i] = tanhf(x[i]) }
}

/// dx = dy·(1 − y²).
public func hyperbolicTangentGradient(
  output y: Span<Float>, _ dy: Span<Float>, into dx: inout MutableSpan<Float>
) {
  checkCounts(y.count, dy.count, dx.count)
  for i in 0..<dx.count { dx[i] = dy[i] * (1 - y[i] * y[i]) }
}

/// y = x·sigmoid(x) (Elfwing, Uchibe and Doya, 2017).
public func sigmoidLinear(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
  precondition(x.count == y.count, "\(x.count) inputs into \(y.count) outputs")
  for i in 0..<y.count { y[i] = x[i] * logistic(x[i]) }
}

/// dx = dy·s·(1 + x·(1 − s)), s = sigmoid(x).
public func sigmoidLinearGradient(
  input x: Span<Float>, _ dy: Span<Float>, into dx: inout MutableSpan<Float>
) {
  checkCounts(x.count, dy.count, dx.count)
  for i in 0..<dx.count {
    let s = logistic(x[i])
    dx[i] = dy[i] * (s * (1 + x[i] * (1 - s)))
  }
}

/// 1 / (1 + exp(−x)); 0 where the exponential overflows.
func logistic(_ x: Float) -> Float { 1 / (1 + expf(-x)) }

private func checkCounts(_ values: Int, _ dy: Int, _ dx: Int) {
  precondition(
    values == dx && dy == dx, "gradients of \(values) values from \(dy) into \(dx) elements")
}
