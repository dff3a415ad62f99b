import CVectors

/// Updates the moments and turns the gradient into LAMB's direction, in place; all [n],
/// n a multiple of 16.
///
/// g ← α·m / (√s·κ + ε) + λ·p, with moments, α = 1/(1 − β₁ᵗ) and κ as in Adam and λ `decay`.
/// Source: You et al., "Large batch optimization for deep learning", 2020, algorithm 2.
public func lambDirection(
  parameters p: Span<Float>, gradient g: inout MutableSpan<Float>,
  firstMoment m: inout MutableSpan<Float>, secondMoment s: inout MutableSpan<Float>,
  decay: Float, _ f: AdamFactors
) {
  let n = blockCount(p.count, g.count, m.count, s.count)
  unsafe lockstep_lamb_direction(
    p.address, g.mutableAddress, m.mutableAddress, s.mutableAddress, decay, f.forBlocks, n)
}
