/// The factors of one step of RMSprop.
public struct RMSPropFactors: Sendable {
  /// What the gradient is multiplied with first: clipping.
  public var gradientScale: Float
  /// λ, coupled: λ·p is added to the gradient.
  public var decay: Float
  /// α.
  public var smoothing: Float
  /// 1 − α.
  public var smoothingComplement: Float
  /// ε.
  public var epsilon: Float
  /// μ.
  public var momentum: Float
  /// η.
  public var rate: Float

  /// The given factors.
  public init(
    gradientScale: Float, decay: Float, smoothing: Float, smoothingComplement: Float,
    epsilon: Float, momentum: Float, rate: Float
  ) {
    self.gradientScale = gradientScale
    self.decay = decay
    self.smoothing = smoothing
    self.smoothingComplement = smoothingComplement
    self.epsilon = epsilon
    self.momentum = momentum
    self.rate = rate
  }
}

/// s ← α·s + (1 − α)·g'², p ← p − η·g' / (√s + ε); with g' = scale·g + λ·p; all [n].
///
/// Source: Tieleman and Hinton, lecture 6.5 of "Neural networks for machine learning", 2012, in the
/// form of PyTorch: ε outside the root.
public func rmsPropUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>,
  squareAverage s: inout MutableSpan<Float>, _ f: RMSPropFactors
) {
  let n = p.count
  precondition(
    g.count == n && s.count == n, "\(g.count) gradients, \(s.count) averages, \(n) parameters")
  for i in 0..<n {
    let gradient = f.gradientScale * g[i] + f.decay * p[i]
    let average = f.smoothing * s[i] + f.smoothingComplement * (gradient * gradient)
    s[i] = average
    // A root of what cannot be negative needs no call that may set errno: the loop vectorizes.
    p[i] -= f.rate * (gradient / (average.magnitude.squareRoot() + f.epsilon))
  }
}

/// The same with momentum: v ← μ·v + g' / (√s + ε), p ← p − η·v; all [n].
public func rmsPropMomentumUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>,
  squareAverage s: inout MutableSpan<Float>, velocity v: inout MutableSpan<Float>,
  _ f: RMSPropFactors
) {
  let n = p.count
  precondition(
    g.count == n && s.count == n && v.count == n,
    "\(g.count) gradients, \(s.count) averages, \(v.count) velocities, \(n) parameters")
  for i in 0..<n {
    let gradient = f.gradientScale * g[i] + f.decay * p[i]
    let average = f.smoothing * s[i] + f.smoothingComplement * (gradient * gradient)
    let velocity = f.momentum * v[i] + gradient / (average.magnitude.squareRoot() + f.epsilon)
    s[i] = average
    v[i] = velocity
    p[i] -= f.rate * velocity
  }
}
