#if canImport(Glibc)
  import Glibc
#endif

/// The binary cross-entropy of sigmoid(logits), a mean over classes, and its gradient.
///
/// Loss of one logit z with target t: max(z, 0) − z·t + log(1 + exp(−|z|)), which overflows
/// nowhere. Targets are one-hot; with a single class the label itself, 0 or 1, is the target.
///
/// - Parameters:
///   - logits: [N, K].
///   - labels: [N].
///   - mixture: second labels, and the share of the first ones.
///   - losses: [N], overwritten.
///   - gradient: [N, K], overwritten with the gradient of the mean over N.
public func binaryCrossEntropyLoss(
  logits: Span<Float>, labels: Span<Int32>, mixture: LabelMixture = LabelMixture(),
  losses: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
) {
  let classes = checkedClasses(logits.count, labels.count, losses.count, gradient.count)
  let share = 1 / Float(logits.count)
  for n in 0..<labels.count {
    var total: Float = 0
    for k in 0..<classes {
      let z = logits[n * classes + k]
      let t = mixture.target(of: labels[n], sample: n, class: k, among: classes)
      total += max(z, 0) - z * t + log1pf(expf(-abs(z)))
      gradient[n * classes + k] = (logistic(z) - t) * share
    }
    losses[n] = total / Float(classes)
  }
}

/// The squared error (z − t)², a mean over classes, and its gradient.
///
/// Targets t are one-hot; with a single class the label itself is the target.
///
/// - Parameters:
///   - logits: z, [N, K].
///   - labels: [N].
///   - mixture: second labels, and the share of the first ones.
///   - losses: [N], overwritten.
///   - gradient: [N, K], overwritten with the gradient of the mean over N.
public func meanSquaredErrorLoss(
  logits: Span<Float>, labels: Span<Int32>, mixture: LabelMixture = LabelMixture(),
  losses: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
) {
  let classes = checkedClasses(logits.count, labels.count, losses.count, gradient.count)
  let share = 2 / Float(logits.count)
  for n in 0..<labels.count {
    var total: Float = 0
    for k in 0..<classes {
      let error =
        logits[n * classes + k] - mixture.target(of: labels[n], sample: n, class: k, among: classes)
      total += error * error
      gradient[n * classes + k] = error * share
    }
    losses[n] = total / Float(classes)
  }
}

/// The number of classes, K; stops if the counts do not fit.
private func checkedClasses(_ logits: Int, _ samples: Int, _ losses: Int, _ gradient: Int) -> Int {
  precondition(
    logits % samples == 0 && gradient == logits && losses == samples,
    "\(logits) logits, \(gradient) gradients, \(losses) losses for \(samples) labels")
  return logits / samples
}
