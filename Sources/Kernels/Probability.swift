#if canImport(Glibc)
  import Glibc
#endif

/// The probability that softmax gives to class `k` of a sample, exp(z[k]) / Σⱼ exp(z[j]).
///
/// - Parameters:
///   - logits: [N, K].
///   - classes: K.
public func softmaxProbability(
  of k: Int, logits: Span<Float>, sample: Int, classes: Int
) -> Double {
  let row = sample * classes
  let own = Double(logits[row + k])
  var sum = 0.0
  for j in 0..<classes { sum += exp(Double(logits[row + j]) - own) }
  return 1 / sum
}

/// The logistic function of a logit, 1 / (1 + exp(−z)).
public func sigmoidProbability(of logit: Float) -> Double { 1 / (1 + exp(-Double(logit))) }

/// Overwrites `probabilities` [K] with softmax of one sample's logits [K].
public func softmaxProbabilities(
  _ logits: Span<Float>, into probabilities: inout MutableSpan<Double>
) {
  precondition(
    logits.count == probabilities.count && !logits.isEmpty,
    "\(logits.count) logits, \(probabilities.count) probabilities")
  var largest = logits[0]
  for k in logits.indices { largest = max(largest, logits[k]) }
  var sum = 0.0
  for k in logits.indices {
    probabilities[k] = exp(Double(logits[k]) - Double(largest))
    sum += probabilities[k]
  }
  for k in logits.indices { probabilities[k] /= sum }
}
