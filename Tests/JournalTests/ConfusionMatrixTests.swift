import Journal
import Testing

@Suite struct `A confusion matrix` {
  @Test func `gives precision, recall and F1 of each class`() throws {
    // Of 10 cats 8 are found, of 10 dogs 5; nothing is a fish, and nothing was taken for one.
    let matrix = try #require(ConfusionMatrix(rows: [[8, 2, 0], [5, 5, 0], [0, 0, 0]]))
    #expect(matrix.total == 20 && matrix.correct == 13)
    let cat = matrix.figures(of: 0)
    #expect(cat.precision == 8.0 / 13 && cat.recall == 0.8 && cat.f1 == 16.0 / 23)
    let dog = matrix.figures(of: 1)
    #expect(dog.precision == 5.0 / 7 && dog.recall == 0.5 && dog.f1 == 10.0 / 17)
    let fish = matrix.figures(of: 2)
    #expect(fish.precision == nil && fish.recall == nil && fish.f1 == nil)
  }

  @Test func `counted sample by sample is the one of its rows`() {
    var matrix = ConfusionMatrix(classCount: 2)
    for (label, predicted) in [(0, 0), (0, 1), (1, 1), (1, 1)] {
      matrix.count(label: label, predicted: predicted)
    }
    #expect(matrix.rows == [[1, 1], [0, 2]] && matrix == ConfusionMatrix(rows: matrix.rows))
  }

  @Test(arguments: [[[1, 2]], [[1, 2], [3]], [[1, -1], [0, 2]]])
  func `rows that make no square of counts are refused`(rows: [[Int]]) {
    #expect(ConfusionMatrix(rows: rows) == nil)
  }
}
