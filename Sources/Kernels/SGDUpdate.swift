import CVectors

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

  var forBlocks: lockstep_sgd {
    lockstep_sgd(scale: gradientScale, decay: decay, momentum: momentum, rate: rate)
  }
}

/// p ← p − η·g', with g' = scale·g + λ·p; all [n], n a multiple of 16.
public func sgdUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>, _ f: SGDFactors
) {
  let n = blockCount(p.count, g.count)
  unsafe lockstep_sgd_update(p.mutableAddress, g.address, f.forBlocks, n)
}

/// v ← μ·v + g', then p ← p − η·v; with g' = scale·g + λ·p; all [n], n a multiple of 16.
///
/// Source: PyTorch's SGD, without dampening.
public func momentumUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>,
  velocity v: inout MutableSpan<Float>, _ f: SGDFactors
) {
  let n = blockCount(p.count, g.count, v.count)
  unsafe lockstep_momentum_update(
    p.mutableAddress, g.address, v.mutableAddress, f.forBlocks, n)
}

/// v ← μ·v + g', then p ← p − η·(g' + μ·v); with g' = scale·g + λ·p; all [n], n a multiple of 16.
///
/// Source: Sutskever et al., "On the importance of initialization and momentum", 2013, in the form
/// of PyTorch's SGD.
public func nesterovUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>,
  velocity v: inout MutableSpan<Float>, _ f: SGDFactors
) {
  let n = blockCount(p.count, g.count, v.count)
  unsafe lockstep_nesterov_update(
    p.mutableAddress, g.address, v.mutableAddress, f.forBlocks, n)
}
