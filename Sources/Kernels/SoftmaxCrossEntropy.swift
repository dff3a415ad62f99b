#if canImport(Glibc)
  import Glibc
#endif

/// The cross-entropy between softmax(logits) and the smoothed labels, and its gradient.
///
/// Loss of sample n: −w[y] Σₖ q[k] log p[k] with q[k] = (1 − ε)·[k = y] + ε/K (Szegedy et al.,
/// "Rethinking the Inception architecture", 2016). Logs are taken after the largest logit is
/// subtracted, sums in Float in the order of classes.
///
/// - Parameters:
///   - logits: [N, K].
///   - labels: [N], in 0 ..< K.
///   - mixture: second labels, and the share of the first ones; losses and gradients are mixed so.
///   - labelSmoothing: ε.
///   - classWeights: one factor w a class, or empty for 1.
///   - losses: [N], overwritten.
///   - gradient: [N, K], overwritten with the gradient of the mean over N.
public func softmaxCrossEntropyLoss(
  logits: Span<Float>, labels: Span<Int32>, mixture: LabelMixture = LabelMixture(),
  labelSmoothing: Float, classWeights: Span<Float>,
  losses: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
) {
  let samples = labels.count
  let classes = logits.count / samples
  precondition(
    logits.count == samples * classes && gradient.count == logits.count && losses.count == samples,
    "\(logits.count) logits, \(gradient.count) gradients, \(losses.count) losses")
  let floor = labelSmoothing / Float(classes)
  for n in 0..<samples {
    let row = n * classes
    let label = Int(labels[n])
    let share = mixture.isEmpty ? 1 : mixture.shares[n]
    let weight = (classWeights.isEmpty ? 1 : classWeights[label]) * share
    var largest = logits[row]
    for k in 1..<classes { largest = max(largest, logits[row + k]) }
    var sum: Float = 0
    for k in 0..<classes {
      let e = expf(logits[row + k] - largest)
      gradient[row + k] = e
      sum += e
    }
    let logSum = logf(sum) + largest
    var total: Float = 0
    for k in 0..<classes {
      let target = (k == label ? 1 - labelSmoothing : 0) + floor
      total += target * (logSum - logits[row + k])
      gradient[row + k] = weight * (gradient[row + k] / sum - target) / Float(samples)
    }
    losses[n] = weight * total
    if share == 1 { continue }
    let other = Int(mixture.others[n])
    let otherWeight = (classWeights.isEmpty ? 1 : classWeights[other]) * (1 - share)
    total = 0
    for k in 0..<classes {
      let target = (k == other ? 1 - labelSmoothing : 0) + floor
      total += target * (logSum - logits[row + k])
      let probability = expf(logits[row + k] - largest) / sum
      gradient[row + k] += otherWeight * (probability - target) / Float(samples)
    }
    losses[n] += otherWeight * total
  }
}
