import CVectors
import Storage

// Batch normalization: Ioffe and Szegedy, "Batch normalization", 2015. Activations are [R, C], where
// R counts the positions of all samples. Sums over R run in single precision over short blocks of
// rows, and in double over blocks, so that their error does not grow with R.

/// Floats of workspace that each kernel of a batch normalization of `channels` overwrites.
public func batchNormWorkspaceCount(channels: Int) -> Int {
  Int(LOCKSTEP_WORKSPACE) * columns(channels)
}

/// Overwrites the mean and the biased variance of each channel of x [R, C].
///
/// The variance is Σ (x − mean)² / R, joined from blocks (Chan, Golub and LeVeque, 1979): its error
/// does not grow with the mean either.
///
/// - Parameters:
///   - mean: [C], overwritten.
///   - variance: [C], overwritten.
///   - workspace: `batchNormWorkspaceCount(channels:)`, overwritten.
public func channelMoments(
  of x: Span<Float>, mean: inout MutableSpan<Float>, variance: inout MutableSpan<Float>,
  workspace: inout MutableSpan<Float>
) {
  let channels = mean.count
  checkRows(x.count, channels: channels, workspace: workspace.count)
  precondition(variance.count == channels, "\(variance.count) variances of \(channels) channels")
  guard !x.isEmpty else { preconditionFailure("moments of nothing") }
  var moments = unsafe ArrivingMoments(
    of: x.address!, count: x.count, channels: channels, workspace: workspace.mutableAddress!)
  moments.add(ready: x.count)
  moments.finish(mean: &mean, variance: &variance)
}

/// Overwrites `inverse` [C] with 1 / √(variance + ε).
public func inverseDeviations(
  _ variance: Span<Float>, epsilon: Float, into inverse: inout MutableSpan<Float>
) {
  precondition(
    variance.count == inverse.count, "\(variance.count) variances, \(inverse.count) deviations")
  for c in 0..<inverse.count { inverse[c] = 1 / (variance[c] + epsilon).squareRoot() }
}

/// Overwrites y [R, C] with (x − mean)·inverse·weight + bias, channel by channel, and what follows.
///
/// - Parameters:
///   - x: [R, C].
///   - mean: [C], as are `inverse` (of the standard deviation), `weight` and `bias`.
///   - residual: [R, C] to be added, or empty.
///   - ceiling: if not nil, the sum is clamped to the range from 0 to it, as by `rectify`.
///   - workspace: `batchNormWorkspaceCount(channels:)`, overwritten.
public func normalizeChannels(
  _ x: Span<Float>, mean: Span<Float>, inverse: Span<Float>, weight: Span<Float>,
  bias: Span<Float>, adding residual: Span<Float> = Span(), ceiling: Float? = nil,
  into y: inout MutableSpan<Float>, workspace: inout MutableSpan<Float>
) {
  let channels = mean.count
  checkRows(x.count, channels: channels, workspace: workspace.count)
  precondition(
    y.count == x.count && (residual.isEmpty || residual.count == x.count)
      && inverse.count == channels && weight.count == channels && bias.count == channels,
    "\(y.count) outputs for \(x.count) inputs + \(residual.count), \(channels) channels")
  unsafe lockstep_normalize(
    x.address, residual.isEmpty ? nil : residual.address, x.count, channels, columns(channels),
    mean.address, inverse.address, weight.address, bias.address,
    ceiling == nil ? -.infinity : 0, ceiling ?? .infinity, workspace.mutableAddress,
    y.mutableAddress)
}

/// Overwrites the gradients of weight and bias: Σ dz·(x − mean)·inverse, and Σ dz, each [C].
///
/// dz, the gradient of the normalization's output, is dy + `further`, and 0 where a clamp that
/// followed was not open. dy turns into dz where it has to: with `further`, or with `output`.
///
/// - Parameters:
///   - x: [R, C].
///   - mean: [C], as are `inverse`, `weight` and `bias`.
///   - ceiling: if not nil, a clamp to the range from 0 to it followed.
///   - output: [R, C], the clamp's; empty if nothing was added before it: then it is computed again.
///   - further: [R, C], or empty.
///   - gradient: [R, C], dy.
///   - workspace: `batchNormWorkspaceCount(channels:)`, overwritten.
public func batchNormParameterGradients(
  _ x: Span<Float>, mean: Span<Float>, inverse: Span<Float>, weight: Span<Float>,
  bias: Span<Float>, ceiling: Float?, output: Span<Float>, further: Span<Float>,
  gradient: inout MutableSpan<Float>, weightGradient: inout MutableSpan<Float>,
  biasGradient: inout MutableSpan<Float>, workspace: inout MutableSpan<Float>
) {
  let channels = mean.count
  checkRows(x.count, channels: channels, workspace: workspace.count)
  precondition(
    gradient.count == x.count && (output.isEmpty || output.count == x.count)
      && (further.isEmpty || further.count == x.count),
    "\(gradient.count) + \(further.count) gradients, \(output.count) outputs of \(x.count) inputs")
  precondition(
    weightGradient.count == channels && biasGradient.count == channels
      && inverse.count == channels && weight.count == channels && bias.count == channels,
    "\(weightGradient.count) and \(biasGradient.count) gradients for \(channels) channels")
  let recomputes = ceiling != nil && output.isEmpty
  let columns = columns(channels)
  let memory = unsafe workspace.mutableAddress
  unsafe lockstep_normalize_sums_start(
    channels, columns, mean.address, inverse.address, weight.address, bias.address, memory)
  unsafe lockstep_normalize_sums_add(
    x.address, ceiling == nil || recomputes ? nil : output.address,
    further.isEmpty ? nil : further.address, 0, x.count, x.count, columns, recomputes,
    ceiling ?? .infinity, memory, gradient.mutableAddress)
  unsafe lockstep_normalize_sums_finish(
    channels, columns, inverse.address, memory, weightGradient.mutableAddress,
    biasGradient.mutableAddress)
}

/// Overwrites dx [R, C] with weight·inverse·(dz − db / R − (x − mean)·inverse·dw / R).
///
/// - Parameters:
///   - x: [R, C].
///   - dz: [R, C]; empty if dx holds it.
///   - mean: [C], as are `inverse`, `weight` and `bias`.
///   - ceiling: if not nil, dz counts only where the clamp of the normalized x was open.
///   - weightGradient: dw [C] of this micro-batch alone, as is `biasGradient` db.
///   - workspace: `batchNormWorkspaceCount(channels:)`, overwritten.
public func batchNormInputGradient(
  _ x: Span<Float>, _ dz: Span<Float>, mean: Span<Float>, inverse: Span<Float>,
  weight: Span<Float>, bias: Span<Float>, ceiling: Float?, weightGradient: Span<Float>,
  biasGradient: Span<Float>, into dx: inout MutableSpan<Float>,
  workspace: inout MutableSpan<Float>
) {
  let channels = mean.count
  checkRows(x.count, channels: channels, workspace: workspace.count)
  precondition(
    dx.count == x.count && (dz.isEmpty || dz.count == x.count) && weightGradient.count == channels
      && biasGradient.count == channels && inverse.count == channels && weight.count == channels
      && bias.count == channels,
    "\(dx.count) and \(dz.count) gradients for \(x.count) inputs, \(channels) channels")
  let target = unsafe dx.mutableAddress
  unsafe lockstep_normalize_gradient(
    x.address, dz.isEmpty ? UnsafePointer(target) : dz.address, x.count, x.count / channels,
    channels, columns(channels), mean.address, inverse.address, weight.address,
    ceiling == nil ? nil : bias.address, ceiling ?? .infinity, weightGradient.address,
    biasGradient.address, workspace.mutableAddress, target)
}

/// Overwrites `unbiased` [C] with variance·R / (R − 1); a single row keeps its variance, 0.
public func unbiasedVariances(
  _ variance: Span<Float>, rows: Int, into unbiased: inout MutableSpan<Float>
) {
  precondition(
    variance.count == unbiased.count, "\(variance.count) variances into \(unbiased.count)")
  let factor = Float(rows) / Float(max(rows - 1, 1))
  for c in 0..<unbiased.count { unbiased[c] = variance[c] * factor }
}

/// The least common multiple of the channels and of the columns that kernels hold in registers.
func columns(_ channels: Int) -> Int {
  var columns = channels
  while columns % Int(LOCKSTEP_COLUMNS) != 0 { columns += channels }
  return columns
}

/// Stops if x [R, C] has no whole number of rows, or if the workspace is too small.
private func checkRows(_ count: Int, channels: Int, workspace: Int) {
  precondition(count % channels == 0, "\(count) elements in rows of \(channels) channels")
  let needed = batchNormWorkspaceCount(channels: channels)
  precondition(workspace >= needed, "a workspace of \(workspace) in place of \(needed) floats")
}
