import Networks
import Testing
import Training

struct PatienceTests {
  /// Figures with ties, steps back and long standstills.
  private static let figures: [Double] = (0..<200).map { i in
    let noise: Int = (i * 7919 + i * i * 31) % 23
    return Double(noise) / 8 + 40 / Double(i + 1)
  }

  /// The run ends with the first figure n for which the best of the first n lies `limit` back.
  @Test(arguments: [1, 2, 3, 7, 20])
  func `patience ends when the best figure lies so many evaluations back`(limit: Int) {
    for sign in [1.0, -1.0] {
      let figures = Self.figures.map { $0 * sign }
      var patience = Patience(sign > 0 ? .smallest : .largest, limit: limit)
      for count in 1...figures.count {
        patience.record(figures[count - 1])
        let seen = figures[..<count]
        let best = sign > 0 ? seen.min() : seen.max()
        let bestIndex = seen.firstIndex { $0 == best } ?? 0
        #expect(patience.isAtEnd == (count - 1 - bestIndex >= limit), "\(count) figures")
      }
    }
  }

  @Test func `what passes the best by the least gain or less is no better`() {
    var patience = Patience(.smallest, limit: 2, leastGain: 0.5)
    for figure in [4, 3.5, 3] { patience.record(figure) }
    #expect(!patience.isAtEnd && patience.state.best == 3)
    for figure in [2.75, 2.5] { patience.record(figure) }
    #expect(patience.isAtEnd && patience.state.best == 3)
  }

  @Test func `a number that is none is no better, and going on from the state changes nothing`() {
    var patience = Patience(.largest, limit: 3)
    for figure in [0.5, .nan] { patience.record(figure) }
    var resumed = Patience(.largest, limit: 3, from: patience.state)
    for figure in [0.25, 0.5] {
      patience.record(figure)
      resumed.record(figure)
      #expect(patience == resumed)
    }
    #expect(patience.isAtEnd)
  }
}
