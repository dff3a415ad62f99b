package import Journal

extension ConfusionMatrix {
  /// The figures of all classes, in order.
  var figures: [ClassFigures] { (0..<classCount).map { figures(of: $0) } }

  /// The mean over classes of one of their figures, each class counting the same; one that has no
  /// such figure counts 0, as in scikit-learn.
  package func mean(_ figure: (ClassFigures) -> Double?) -> Double {
    figures.map { figure($0) ?? 0 }.reduce(0, +) / Double(max(classCount, 1))
  }

  /// The pairs of classes that are confused, the most frequent first, at most `limit`.
  package func confusions(limit: Int) -> [(label: Int, predicted: Int, count: Int)] {
    var pairs: [(label: Int, predicted: Int, count: Int)] = []
    for label in 0..<classCount {
      for predicted in 0..<classCount where predicted != label && self[label, predicted] > 0 {
        pairs.append((label, predicted, self[label, predicted]))
      }
    }
    pairs.sort { ($1.count, $0.label, $0.predicted) < ($0.count, $1.label, $1.predicted) }
    return Array(pairs.prefix(limit))
  }
}
