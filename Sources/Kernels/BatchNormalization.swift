import Storage

// Batch normalization: Ioffe and Szegedy, "Batch normalization", 2015. Activations are [R, C], where
// R counts the positions of all samples. Sums over R run row by row with Kahan's compensation
// (Kahan, "Further remarks on reducing truncation errors", 1965), so that their error does not
// grow with R.

/// Overwrites the mean and the biased variance of each channel of x [R, C], in two passes.
///
/// - Parameters:
///   - mean: [C], overwritten.
///   - variance: [C], overwritten with Σ (x − mean)² / R.
///   - workspace: [C], overwritten.
public func channelMoments(
  of x: Span<Float>, mean: inout MutableSpan<Float>, variance: inout MutableSpan<Float>,
  workspace lost: inout MutableSpan<Float>
) {
  let channels = mean.count
  let rows = checkedRows(x.count, channels: channels)
  precondition(
    variance.count == channels && lost.count == channels,
    "\(variance.count) variances, \(lost.count) of workspace for \(channels) channels")
  fill(&mean, with: 0)
  fill(&lost, with: 0)
  for row in 0..<rows {
    let values = x.extracting(row * channels..<(row + 1) * channels)
    for c in 0..<channels { addCompensated(values[c], to: &mean[c], lost: &lost[c]) }
  }
  for c in 0..<channels { mean[c] /= Float(rows) }
  fill(&variance, with: 0)
  fill(&lost, with: 0)
  for row in 0..<rows {
    let values = x.extracting(row * channels..<(row + 1) * channels)
    for c in 0..<channels {
      let deviation = values[c] - mean[c]
      addCompensated(deviation * deviation, to: &variance[c], lost: &lost[c])
    }
  }
  for c in 0..<channels { variance[c] /= Float(rows) }
}

/// Overwrites `inverse` [C] with 1 / √(variance + ε).
public func inverseDeviations(
  _ variance: Span<Float>, epsilon: Float, into inverse: inout MutableSpan<Float>
) {
  precondition(
    variance.count == inverse.count, "\(variance.count) variances, \(inverse.count) deviations")
  for c in 0..<inverse.count { inverse[c] = 1 / (variance[c] + epsilon).squareRoot() }
}

/// Overwrites y [R, C] with (x − mean)·inverse·weight + bias, channel by channel.
///
/// - Parameters:
///   - x: [R, C].
///   - mean: [C], as are `inverse` (of the standard deviation), `weight` and `bias`.
public func normalizeChannels(
  _ x: Span<Float>, mean: Span<Float>, inverse: Span<Float>, weight: Span<Float>,
  bias: Span<Float>, into y: inout MutableSpan<Float>
) {
  let channels = mean.count
  let rows = checkedRows(x.count, channels: channels)
  precondition(
    y.count == x.count && inverse.count == channels && weight.count == channels
      && bias.count == channels, "\(y.count) outputs for \(x.count) inputs, \(channels) channels")
  for row in 0..<rows {
    let values = x.extracting(row * channels..<(row + 1) * channels)
    var target = y.slice(row * channels..<(row + 1) * channels)
    for c in 0..<channels {
      target[c] = (values[c] - mean[c]) * (inverse[c] * weight[c]) + bias[c]
    }
  }
}

/// Overwrites the gradients of weight and bias: Σ dy·(x − mean)·inverse, and Σ dy, each [C].
///
/// - Parameter workspace: [2·C], overwritten.
public func batchNormParameterGradients(
  _ x: Span<Float>, _ dy: Span<Float>, mean: Span<Float>, inverse: Span<Float>,
  weightGradient: inout MutableSpan<Float>, biasGradient: inout MutableSpan<Float>,
  workspace lost: inout MutableSpan<Float>
) {
  let channels = mean.count
  let rows = checkedRows(x.count, channels: channels)
  precondition(
    dy.count == x.count && weightGradient.count == channels && biasGradient.count == channels
      && inverse.count == channels && lost.count == 2 * channels,
    "\(dy.count) gradients for \(x.count) inputs, \(channels) channels")
  fill(&weightGradient, with: 0)
  fill(&biasGradient, with: 0)
  fill(&lost, with: 0)
  for row in 0..<rows {
    let values = x.extracting(row * channels..<(row + 1) * channels)
    let outer = dy.extracting(row * channels..<(row + 1) * channels)
    var lostBias = lost.slice(0..<channels)
    for c in 0..<channels { addCompensated(outer[c], to: &biasGradient[c], lost: &lostBias[c]) }
    var lostWeight = lost.slice(channels..<2 * channels)
    for c in 0..<channels {
      let term = outer[c] * ((values[c] - mean[c]) * inverse[c])
      addCompensated(term, to: &weightGradient[c], lost: &lostWeight[c])
    }
  }
}

/// Overwrites dx [R, C] with weight·inverse·(dy − db / R − (x − mean)·inverse·dw / R).
///
/// `weightGradient` dw and `biasGradient` db are those of this micro-batch alone.
public func batchNormInputGradient(
  _ x: Span<Float>, _ dy: Span<Float>, mean: Span<Float>, inverse: Span<Float>,
  weight: Span<Float>, weightGradient: Span<Float>, biasGradient: Span<Float>,
  into dx: inout MutableSpan<Float>
) {
  let channels = mean.count
  let rows = checkedRows(x.count, channels: channels)
  precondition(
    dy.count == x.count && dx.count == x.count && weightGradient.count == channels
      && biasGradient.count == channels && inverse.count == channels && weight.count == channels,
    "\(dx.count) and \(dy.count) gradients for \(x.count) inputs, \(channels) channels")
  let share = 1 / Float(rows)
  for row in 0..<rows {
    let values = x.extracting(row * channels..<(row + 1) * channels)
    let outer = dy.extracting(row * channels..<(row + 1) * channels)
    var target = dx.slice(row * channels..<(row + 1) * channels)
    for c in 0..<channels {
      let normalized = (values[c] - mean[c]) * inverse[c]
      let along = biasGradient[c] * share + normalized * (weightGradient[c] * share)
      target[c] = weight[c] * inverse[c] * (outer[c] - along)
    }
  }
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

@inline(__always)
private func addCompensated(_ term: Float, to sum: inout Float, lost: inout Float) {
  let corrected = term - lost
  let next = sum + corrected
  lost = (next - sum) - corrected
  sum = next
}

/// The number of rows of x [R, C]; stops if it is not whole.
private func checkedRows(_ count: Int, channels: Int) -> Int {
  precondition(count % channels == 0, "\(count) elements in rows of \(channels) channels")
  return count / channels
}
