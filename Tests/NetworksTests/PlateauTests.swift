import Networks
import Testing

/// What PyTorch's `ReduceLROnPlateau` makes of some figures.
private struct Golden: Decodable {
  struct Case: Decodable {
    let mode: String
    let factor: Double
    let patience: Int
    let threshold: Double
    let cooldown: Int
    let lowest: Double
    let figures: [Double]
    let rates: [Double]

    var plateau: Plateau {
      Plateau(
        mode == "min" ? .smallest : .largest, factor: factor, patience: patience,
        threshold: threshold, cooldown: cooldown, lowest: lowest)
    }
  }

  let base: Double
  let cases: [Case]
}

struct PlateauTests {
  @Test func `rates fall when PyTorch's do, and as far`() throws {
    let golden = try GoldenValues.decode(Golden.self, from: "plateau.json")
    #expect(golden.cases.count == 7)
    for (number, `case`) in golden.cases.enumerated() {
      var plateau = `case`.plateau
      var falls = 0
      for (index, figure) in `case`.figures.enumerated() {
        let before = plateau.state.scale
        if plateau.record(figure) { falls += 1 }
        let hasFallen = `case`.rates[index] < golden.base * before * (1 - 1e-6)
        #expect((plateau.state.scale < before) == hasFallen, "case \(number), figure \(index)")
        let rate = golden.base * plateau.state.scale
        #expect(abs(rate - `case`.rates[index]) <= 1e-9 * rate, "case \(number), figure \(index)")
      }
      #expect(falls == Set(`case`.rates).subtracting([golden.base]).count)
    }
  }

  /// The first of the figures is the best; the rate falls with figure p + 2, then after every
  /// further c + p + 1.
  @Test(arguments: [0, 1, 3, 10], [0, 1, 5])
  func `a figure that stays as it is lets the rate fall at even distances`(
    patience: Int, cooldown: Int
  ) {
    for goal in [Plateau.Goal.smallest, .largest] {
      var plateau = Plateau(goal, factor: 0.5, patience: patience, cooldown: cooldown)
      for count in 1...60 {
        _ = plateau.record(0.7)
        let idle = count - 1 - (patience + 1)
        let falls = idle < 0 ? 0 : 1 + idle / (cooldown + patience + 1)
        #expect(plateau.state.scale == 1 / Double(1 << falls), "figure \(count)")
      }
    }
  }

  @Test func `a figure that gets better by more than the threshold never lets the rate fall`() {
    let falling = (0..<50).map { pow(0.98, $0) }
    var loss = Plateau(.smallest, patience: 0, threshold: 0.01)
    var accuracy = Plateau(.largest, patience: 0, threshold: 0.01)
    #expect(!falls(of: &loss, falling).contains(true))
    #expect(!falls(of: &accuracy, falling.map { 1 / $0 }).contains(true))
    // Better by less than the threshold is no better.
    #expect(falls(of: &loss, [0.995 * (loss.state.best ?? 0)]) == [true])
    #expect(falls(of: &accuracy, [1.005 * (accuracy.state.best ?? 0)]) == [true])
  }

  @Test func `no rate is below the lowest, and a number that is none is no better`() {
    var plateau = Plateau(.smallest, factor: 0.1, patience: 0, lowest: 0.03)
    #expect(falls(of: &plateau, [1, .nan]) == [false, true])
    #expect(plateau.state.scale == 0.1)
    #expect(falls(of: &plateau, [2, 2]) == [true, false])
    #expect(plateau.state.scale == 0.03)
  }

  @Test func `the state is all that there is: going on from it changes nothing`() throws {
    let golden = try GoldenValues.decode(Golden.self, from: "plateau.json")
    for `case` in golden.cases {
      var whole = `case`.plateau
      var parts = `case`.plateau
      for figure in `case`.figures {
        parts = Plateau(
          parts.goal, factor: parts.factor, patience: parts.patience, threshold: parts.threshold,
          cooldown: parts.cooldown, lowest: parts.lowest, from: parts.state)
        #expect(falls(of: &whole, [figure]) == falls(of: &parts, [figure]))
        #expect(whole == parts)
      }
    }
  }

  /// With which of the figures the rate falls.
  private func falls(of plateau: inout Plateau, _ figures: [Double]) -> [Bool] {
    figures.map { plateau.record($0) }
  }

  private func pow(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
