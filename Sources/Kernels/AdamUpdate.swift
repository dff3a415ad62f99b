/// The factors of one step of Adam, AdamW or LAMB.
public struct AdamFactors: Sendable {
  /// What the gradient is multiplied with first: clipping.
  public var gradientScale: Float
  /// λ, coupled: λ·p is added to the gradient (Adam).
  public var coupledDecay: Float
  /// What parameters are multiplied with first: 1 − η·λ, decoupled (AdamW).
  public var shrinkage: Float
  /// 1 − β₁.
  public var firstComplement: Float
  /// β₂.
  public var secondDecay: Float
  /// 1 − β₂.
  public var secondComplement: Float
  /// 1 / √(1 − β₂ᵗ).
  public var secondCorrection: Float
  /// ε.
  public var epsilon: Float
  /// η / (1 − β₁ᵗ); in LAMB 1 / (1 − β₁ᵗ).
  public var stepSize: Float

  /// The given factors.
  public init(
    gradientScale: Float, coupledDecay: Float, shrinkage: Float, firstComplement: Float,
    secondDecay: Float, secondComplement: Float, secondCorrection: Float, epsilon: Float,
    stepSize: Float
  ) {
    self.gradientScale = gradientScale
    self.coupledDecay = coupledDecay
    self.shrinkage = shrinkage
    self.firstComplement = firstComplement
    self.secondDecay = secondDecay
    self.secondComplement = secondComplement
    self.secondCorrection = secondCorrection
    self.epsilon = epsilon
    self.stepSize = stepSize
  }
}

/// m ← m + (1 − β₁)(g' − m), s ← β₂·s + (1 − β₂)·g'², p ← c·p − α·m / (√s·κ + ε); all [n].
///
/// With g' = scale·g + λ·p, c the shrinkage, α the step size and κ = 1/√(1 − β₂ᵗ). Sources: Kingma
/// and Ba, "Adam", 2015; Loshchilov and Hutter, "Decoupled weight decay regularization", 2019;
/// both in the form of PyTorch, with `epsilon` added after the correction.
public func adamUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>,
  firstMoment m: inout MutableSpan<Float>, secondMoment s: inout MutableSpan<Float>,
  _ f: AdamFactors
) {
  let n = p.count
  precondition(
    g.count == n && m.count == n && s.count == n,
    "\(g.count) gradients, \(m.count) and \(s.count) moments, \(n) parameters")
  for i in 0..<n {
    let gradient = f.gradientScale * g[i] + f.coupledDecay * p[i]
    let first = m[i] + f.firstComplement * (gradient - m[i])
    let second = f.secondDecay * s[i] + f.secondComplement * (gradient * gradient)
    m[i] = first
    s[i] = second
    // A root of what cannot be negative needs no call that may set errno: the loop vectorizes.
    let denominator = second.magnitude.squareRoot() * f.secondCorrection + f.epsilon
    p[i] = f.shrinkage * p[i] - f.stepSize * (first / denominator)
  }
}
