import Kernels

/// What a model takes a sample for.
public struct Prediction: Sendable, Equatable {
  /// The class of the largest logit, the first of equals.
  public let predicted: Int
  /// The probability that the model gives to it, as its loss sees logits.
  public let confidence: Double
}

extension Model {
  /// The classes that are told apart: those of the logits, and two by the sign of a single one.
  public var distinguishedClasses: Int { max(2, classCount) }

  /// What the last forward pass takes a sample of its micro-batch for.
  public func prediction(of sample: Int) -> Prediction {
    let classes = classCount
    let predicted = predictedClass(logits: logits, sample: sample, classes: classes)
    return Prediction(
      predicted: predicted,
      confidence: confidence(in: predicted, of: sample, classes: classes))
  }

  /// How many classes the last forward pass puts before the class `label` in a sample.
  public func place(of label: Int, inSample sample: Int) -> Int {
    Kernels.place(of: label, logits: logits, sample: sample, classes: classCount)
  }

  private func confidence(in predicted: Int, of sample: Int, classes: Int) -> Double {
    if classes == 1 {
      let logit = logits[sample]
      return sigmoidProbability(of: predicted == 1 ? logit : -logit)
    }
    let logit = logits[sample * classes + predicted]
    switch loss {
    case .softmaxCrossEntropy:
      return softmaxProbability(of: predicted, logits: logits, sample: sample, classes: classes)
    case .binaryCrossEntropy: return sigmoidProbability(of: logit)
    // Trained to be 1 for the label and 0 for the others.
    case .meanSquaredError: return Double(min(1, max(0, logit)))
    }
  }
}
