/// v ← μ·v + η·(scale·g + λ·p), then p ← p − v; all [n].
///
/// The rate η, which holds the tensor's own factor, is inside the momentum. Source: You, Gitman,
/// Ginsburg, "Large batch training of convolutional networks", 2017, algorithm 1.
public func larsUpdate(
  parameters p: inout MutableSpan<Float>, gradient g: Span<Float>,
  velocity v: inout MutableSpan<Float>, _ f: SGDFactors
) {
  let n = p.count
  precondition(
    g.count == n && v.count == n, "\(g.count) gradients, \(v.count) velocities, \(n) parameters")
  for i in 0..<n {
    let gradient = f.gradientScale * g[i] + f.decay * p[i]
    let velocity = f.momentum * v[i] + f.rate * gradient
    v[i] = velocity
    p[i] -= velocity
  }
}
