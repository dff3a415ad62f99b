import Journal

/// An evaluation as one JSON object.
struct EvaluationReport: Encodable {
  /// What is said of one class; figures whose denominator is 0 are left out.
  struct Class: Encodable {
    let name: String
    let samples: Int
    let precision: Double?
    let recall: Double?
    let f1: Double?
  }

  /// The means over classes, each counting the same.
  struct Means: Encodable {
    let precision: Double
    let recall: Double
    let f1: Double
  }

  let samples: Int
  let correct: Int
  let accuracy: Double
  /// The part with its label among the first five classes; left out where there are no more.
  let top5: Double?
  let loss: Double
  let split: String
  let step: Int
  let classes: [Class]
  let means: Means
  /// A row a label, a column a prediction.
  let confusion: [[Int]]
  /// The samples that the model was wrong about, the surest first.
  let mistakes: [Mistake]

  init(_ evaluation: Evaluation, split: String, step: Int, classNames: [String]) {
    let confusion = evaluation.confusion
    samples = evaluation.samples
    correct = evaluation.correct
    accuracy = evaluation.accuracy
    top5 = evaluation.topFive
    loss = evaluation.loss
    self.split = split
    self.step = step
    classes = zip(evaluation.allNames(classNames), confusion.figures).map { name, figures in
      Class(
        name: name, samples: figures.samples, precision: figures.precision,
        recall: figures.recall, f1: figures.f1)
    }
    means = Means(
      precision: confusion.mean(\.precision), recall: confusion.mean(\.recall),
      f1: confusion.mean(\.f1))
    self.confusion = confusion.rows
    mistakes = evaluation.mistakes
  }
}
