/// Updates the moments and turns the gradient into LAMB's direction, in place; all [n].
///
/// g ← α·m / (√s·κ + ε) + λ·p, with moments, α = 1/(1 − β₁ᵗ) and κ as in Adam and λ `decay`.
/// Source: You et al., "Large batch optimization for deep learning", 2020, algorithm 2.
public func lambDirection(
  parameters p: Span<Float>, gradient g: inout MutableSpan<Float>,
  firstMoment m: inout MutableSpan<Float>, secondMoment s: inout MutableSpan<Float>,
  decay: Float, _ f: AdamFactors
) {
  let n = p.count
  precondition(
    g.count == n && m.count == n && s.count == n,
    "\(g.count) gradients, \(m.count) and \(s.count) moments, \(n) parameters")
  for i in 0..<n {
    let gradient = f.gradientScale * g[i]
    let first = m[i] + f.firstComplement * (gradient - m[i])
    let second = f.secondDecay * s[i] + f.secondComplement * (gradient * gradient)
    m[i] = first
    s[i] = second
    // A root of what cannot be negative needs no call that may set errno: the loop vectorizes.
    let denominator = second.magnitude.squareRoot() * f.secondCorrection + f.epsilon
    g[i] = f.stepSize * (first / denominator) + decay * p[i]
  }
}
