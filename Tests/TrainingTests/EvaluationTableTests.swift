import Journal
import Testing
import Training

/// What `trainer evaluate` prints, by hand.
@Suite struct EvaluationTableTests {
  /// Labels 0 0 0 1 1, predictions 0 1 1 1 2; class 3 never occurs.
  private var evaluation: Evaluation {
    var confusion = ConfusionMatrix(classCount: 4)
    for (label, predicted) in [(0, 0), (0, 1), (0, 1), (1, 1), (1, 2)] {
      confusion.count(label: label, predicted: predicted)
    }
    return Evaluation(
      samples: 5, correct: 2, loss: 0.25, confusion: confusion, inTopFive: 5, mistakes: [])
  }

  @Test func `the most frequent confusions come first, and means count every class`() {
    let confusions = evaluation.confusion.confusions(limit: 5)
    #expect(confusions.map { [$0.label, $0.predicted, $0.count] } == [[0, 1, 2], [1, 2, 1]])
    #expect(evaluation.confusion.mean(\.f1) == 0.225)
    #expect(evaluation.topFive == nil)
  }

  @Test func `tables show every class, and one that has no name`() {
    let lines = EvaluationTable(evaluation, classNames: ["ant", "bumblebee", "cat"]).lines(
      split: "test")
    #expect(
      lines == [
        "test: 40.00 % of 5 correct, loss 0.2500", "",
        "class      samples  precision   recall       F1",
        "ant              3   100.00 %  33.33 %  50.00 %",
        "bumblebee        2    33.33 %  50.00 %  40.00 %",
        "cat              0     0.00 %        –   0.00 %",
        "3                0          –        –        –",
        "mean                  33.33 %  20.83 %  22.50 %", "",
        "label \\ predicted  0  1  2  3", "0 ant              1  2  0  0",
        "1 bumblebee        0  1  1  0", "2 cat              0  0  0  0",
        "3 3                0  0  0  0",
      ])
  }
}
