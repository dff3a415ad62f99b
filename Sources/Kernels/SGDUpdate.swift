/// The factors of one step of stochastic gradient descent.
public struct SGDFactors: Sendable {
  /// What the gradient is multiplied with first: clipping.
  public var gradientScale: Float
  /// λ, coupled: λ·p is added to the gradient.
  public var decay: Float
  /// μ.
  public var momentum: Float
  /// η.
  public var rate: Float

  /// The given factors.
  public init(gradientScale: Float, decay: Float, momentum: Float, rate: Float) {
    self.gradientScale = gradientScale
    self.decay = decay
    self.momentum = momentum
    self.rate = rate
  }
}

/// p ← p − η·g', with g' = scale·g + λ·p; all [n].
public func sgdUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>, _ f: SGDFactors
) {
  let n = p.count
  precondition(g.count == n, "\(g.count) gradients for \(n) parameters")
  for i in 0..<n { p[i] -= f.rate * (f.gradientScale * g[i] + f.decay * p[i]) }
}

/// v ← μ·v + g', then p ← p − η·v; with g' = scale·g + λ·p; all [n].
///
/// Source: PyTorch's SGD, without dampening.
public func momentumUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>,
  velocity v: inout MutableSpan<Float>, _ f: SGDFactors
) {
  let n = p.count
  precondition(
    g.count == n && v.count == n, "\(g.count) gradients, \(v.count) velocities, \(n) parameters")
  for i in 0..<n {
    let gradient = f.gradientScale * g[i] + f.decay * p[i]
    let velocity = f.momentum * v[i] + gradient
    v[i] = velocity
    p[i] -= f.rate * velocity
  }
}

/// v ← μ·v + g', then p ← p − η·(g' + μ·v); with g' = scale·g + λ·p; all [n].
///
/// Source: Sutskever et al., "On the importance of initialization and momentum", 2013, in the form
/// of PyTorch's SGD.
public func nesterovUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>,
  velocity v: inout MutableSpan<Float>, _ f: SGDFactors
) {
  let n = p.count
  precondition(
    g.count == n && v.count == n, "\(g.count) gradients, \(v.count) velocities, \(n) parameters")
  for i in 0..<n {
    let gradient = f.gradientScale * g[i] + f.decay * p[i]
    let velocity = f.momentum * v[i] + gradient
    v[i] = velocity
    p[i] -= f.rate * (gradient + f.momentum * velocity)
  }
}
