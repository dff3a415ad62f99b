public import Journal
import Storage

/// How well a model does on a set of samples, each counted exactly once.
public struct Evaluation: Sendable, Equatable, CustomStringConvertible {
  /// The samples counted.
  public var samples: Int
  /// How many have their label as the largest logit.
  public var correct: Int
  /// The mean loss of a sample.
  public var loss: Double
  /// How many samples of each class were taken for which.
  public var confusion: ConfusionMatrix
  /// How many have their label among the first five classes.
  public var inTopFive: Int
  /// The samples that were taken for another class with most confidence, the worst first.
  public var mistakes: [Mistake]

  /// What was counted, of so many samples.
  package init(
    samples: Int, correct: Int, loss: Double, confusion: ConfusionMatrix, inTopFive: Int,
    mistakes: [Mistake]
  ) {
    self.samples = samples
    self.correct = correct
    self.loss = loss
    self.confusion = confusion
    self.inTopFive = inTopFive
    self.mistakes = mistakes
  }

  /// The part of samples classified correctly.
  public var accuracy: Double { Double(correct) / Double(samples) }

  /// The part with their label among the first five classes; nil where there are no more.
  public var topFive: Double? {
    confusion.classCount > 5 ? Double(inTopFive) / Double(samples) : nil
  }

  /// The names of all classes; one that has none goes by its number.
  func allNames(_ names: [String]) -> [String] {
    names + (min(names.count, confusion.classCount)..<confusion.classCount).map(String.init)
  }

  /// The form `91.23 % of 10000 correct, loss 0.2412`.
  public var description: String {
    "\(percent(accuracy)) of \(samples) correct, loss \(fixed(loss, 4))"
  }
}
