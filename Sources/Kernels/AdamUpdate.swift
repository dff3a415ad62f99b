import CVectors

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

  var forBlocks: lockstep_adam {
    lockstep_adam(
      scale: gradientScale, coupled_decay: coupledDecay, shrinkage: shrinkage,
      first_complement: firstComplement, second_decay: secondDecay,
      second_complement: secondComplement, second_correction: secondCorrection, epsilon: epsilon,
      step_size: stepSize)
  }
}

/// m ← m + (1 − β₁)(g' − m), s ← β₂·s + (1 − β₂)·g'², p ← c·p − α·m / (√s·κ + ε); all [n],
/// n a multiple of 16.
///
/// With g' = scale·g + λ·p, c the shrinkage, α the step size and κ = 1/√(1 − β₂ᵗ). Sources: Kingma
/// and Ba, "Adam", 2015; Loshchilov and Hutter, "Decoupled weight decay regularization", 2019;
/// both in the form of PyTorch, with `epsilon` added after the correction.
public func adamUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>,
  firstMoment m: inout MutableSpan<Float>, secondMoment s: inout MutableSpan<Float>,
  _ f: AdamFactors
) {
  let n = blockCount(p.count, g.count, m.count, s.count)
  unsafe lockstep_adam_update(
    p.mutableAddress, g.address, m.mutableAddress, s.mutableAddress, f.forBlocks, n)
}
