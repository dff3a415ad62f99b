import Kernels

extension Loss {
  /// How sure the network is of each class, from 0 to 1, by one sample's logits [K].
  ///
  /// Cross-entropy: softmax, which sums to 1. Binary cross-entropy: a sigmoid a class. Mean squared
  /// error: the logits themselves, cut off at 0 and 1. A single logit stands for two classes and
  /// gives two scores. A larger logit never gives a smaller score.
  public func scores(of logits: Span<Float>) -> [Double] {
    if logits.count == 1 {
      let second = sigmoidProbability(of: logits[0])
      return [1 - second, second]
    }
    var scores = [Double](repeating: 0, count: logits.count)
    var target = scores.mutableSpan
    switch self {
    case .softmaxCrossEntropy: softmaxProbabilities(logits, into: &target)
    case .binaryCrossEntropy:
      for k in logits.indices { target[k] = sigmoidProbability(of: logits[k]) }
    case .meanSquaredError:
      for k in logits.indices { target[k] = min(max(Double(logits[k]), 0), 1) }
    }
    return scores
  }
}
