import Kernels

/// What training makes small: a mean over samples of a loss for each.
public enum Loss: Hashable, Sendable {
  /// The cross-entropy of softmax; `classWeights` is empty or has one factor a class.
  case softmaxCrossEntropy(labelSmoothing: Float = 0, classWeights: [Float] = [])
  /// The mean over classes of the binary cross-entropy of a sigmoid; targets are one-hot,
  /// or with a single class the labels themselves.
  case binaryCrossEntropy
  /// The mean over classes of the squared error; targets are one-hot, or with a single class
  /// the labels themselves.
  case meanSquaredError
}

/// What the loss says of one micro-batch.
public struct MicroBatchLoss: Sendable {
  /// The sum of the losses of the samples that count.
  public let sum: Double
  /// The number of samples that count.
  public let count: Int
  /// How many of them have their label as the largest logit.
  public let correct: Int

  /// The mean loss of a sample.
  public var mean: Double { sum / Double(count) }
}

extension Loss {
  /// Overwrites the samples' losses [N] and the gradient [N, K] of their mean.
  func compute(
    logits: Span<Float>, labels: Span<Int32>, mixture: LabelMixture = LabelMixture(),
    losses: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) {
    switch self {
    case .softmaxCrossEntropy(let smoothing, let weights):
      softmaxCrossEntropyLoss(
        logits: logits, labels: labels, mixture: mixture, labelSmoothing: smoothing,
        classWeights: weights.span, losses: &losses, gradient: &gradient)
    case .binaryCrossEntropy:
      binaryCrossEntropyLoss(
        logits: logits, labels: labels, mixture: mixture, losses: &losses, gradient: &gradient)
    case .meanSquaredError:
      meanSquaredErrorLoss(
        logits: logits, labels: labels, mixture: mixture, losses: &losses, gradient: &gradient)
    }
  }
}
