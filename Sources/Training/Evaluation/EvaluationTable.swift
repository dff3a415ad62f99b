import Journal
import Storage

/// An evaluation as tables to read.
package struct EvaluationTable {
  /// Up to so many classes the confusion matrix is shown whole, as wide as a terminal.
  private static let classesShownWhole = 20

  private let evaluation: Evaluation
  private let classNames: [String]
  private let confusion: ConfusionMatrix

  package init(_ evaluation: Evaluation, classNames: [String]) {
    self.evaluation = evaluation
    self.classNames = evaluation.allNames(classNames)
    confusion = evaluation.confusion
  }

  /// All of it, line by line; the first says the most, for the set named `split`.
  package func lines(split: String) -> [String] {
    var lines = ["\(split): \(evaluation)"]
    if let topFive = evaluation.topFive { lines.append("top-5: \(percent(topFive))") }
    lines += [""] + classLines + [""]
    lines += classNames.count <= Self.classesShownWhole ? matrixLines : confusionLines
    return lines
  }

  private var classLines: [String] {
    var table = TextTable(
      [.left, .right, .right, .right, .right],
      titles: ["class", "samples", "precision", "recall", "F1"])
    for (name, figures) in zip(classNames, confusion.figures) {
      table.add(
        [name, "\(figures.samples)"]
          + [figures.precision, figures.recall, figures.f1].map { $0.map(percent) ?? "–" })
    }
    table.add(
      ["mean", ""]
        + [confusion.mean(\.precision), confusion.mean(\.recall), confusion.mean(\.f1)].map(percent)
    )
    return table.lines
  }

  private var matrixLines: [String] {
    var table = TextTable(
      [.left] + classNames.map { _ in .right },
      titles: ["label \\ predicted"] + classNames.indices.map(String.init))
    for (label, row) in confusion.rows.enumerated() {
      table.add(["\(label) \(classNames[label])"] + row.map(String.init))
    }
    return table.lines
  }

  private var confusionLines: [String] {
    var table = TextTable(
      [.left, .left, .right], titles: ["most often confused", "taken for", "times"])
    for pair in confusion.confusions(limit: Self.classesShownWhole) {
      table.add(classNames[pair.label], classNames[pair.predicted], "\(pair.count)")
    }
    return table.lines
  }
}
