import CVectors

/// v ← μ·v + η·(scale·g + λ·p), then p ← p − v; all [n], n a multiple of 16.
///
/// The rate η, which holds the tensor's own factor, is inside the momentum. Source: You, Gitman,
/// Ginsburg, "Large batch training of convolutional networks", 2017, algorithm 1.
public func larsUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>,
  velocity v: inout MutableSpan<Float>, _ f: SGDFactors
) {
  let n = blockCount(p.count, g.count, v.count)
  unsafe lockstep_lars_update(p.mutableAddress, g.address, v.mutableAddress, f.forBlocks, n)
}
