import CVectors

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

  var forBlocks: lockstep_rmsprop {
    lockstep_rmsprop(
      scale: gradientScale, decay: decay, smoothing: smoothing,
      smoothing_complement: smoothingComplement, epsilon: epsilon, momentum: momentum, rate: rate)
  }
}

/// s ← α·s + (1 − α)·g'², p ← p − η·g' / (√s + ε); with g' = scale·g + λ·p; all [n], n a multiple
/// of 16.
///
/// Source: Tieleman and Hinton, lecture 6.5 of "Neural networks for machine learning", 2012, in the
/// form of PyTorch: ε outside the root.
public func rmsPropUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>,
  squareAverage s: inout MutableSpan<Float>, _ f: RMSPropFactors
) {
  let n = blockCount(p.count, g.count, s.count)
  unsafe lockstep_rmsprop_update(
    p.mutableAddress, g.address, s.mutableAddress, f.forBlocks, n)
}

/// The same with momentum: v ← μ·v + g' / (√s + ε), p ← p − η·v; all [n], n a multiple of 16.
public func rmsPropMomentumUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>,
  squareAverage s: inout MutableSpan<Float>, velocity v: inout MutableSpan<Float>,
  _ f: RMSPropFactors
) {
  let n = blockCount(p.count, g.count, s.count, v.count)
  unsafe lockstep_rmsprop_momentum_update(
    p.mutableAddress, g.address, s.mutableAddress, v.mutableAddress, f.forBlocks, n)
}
