/// The figures of a round, as a table in Markdown.
struct Table {
  let round: Round

  var text: String {
    let head = [
      "| fault | promised | runs | as promised | median (worst) |", "|---|---|---:|---:|---|",
    ]
    return (head + round.tallies.map(row)).joined(separator: "\n")
  }

  private func row(_ tally: Round.Tally) -> String {
    let figures = Finding.Figure.allCases.compactMap { figure in
      summary(figure, tally.findings.compactMap { $0.figures[figure] })
    }
    let kinds = Dictionary(grouping: tally.findings.compactMap(\.kind)) { $0 }
      .sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.count)" }
    let notes = (figures + kinds).joined(separator: "; ")
    return "| \(tally.fault.title) | \(tally.fault.promise) | \(tally.runs) "
      + "| \(tally.findings.count) | \(notes) |"
  }

  /// Median and worst of a figure; inputs are counted.
  private func summary(_ figure: Finding.Figure, _ values: [Double]) -> String? {
    guard let worst = values.max() else { return nil }
    if figure == .inputs { return "\(Int(values.reduce(0, +))) inputs" }
    let median = values.sorted()[values.count / 2]
    return "\(rounded(median)) (\(rounded(worst))) \(figure.rawValue)"
  }

  private func rounded(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\((value * 100).rounded() / 100)"
  }
}
