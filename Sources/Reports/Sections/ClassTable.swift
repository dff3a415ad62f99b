import Journal

/// Precision, recall and F1 of each class.
struct ClassTable {
  private let finding: FindingsOfRun.Finding

  init(_ finding: FindingsOfRun.Finding) { self.finding = finding }

  /// The table, and the mean over classes below.
  var markup: Markup {
    let all = (0..<finding.matrix.classCount).map { finding.matrix.figures(of: $0) }
    let rows = all.enumerated().map { label, figures -> Markup in
      """
      <tr><th scope="row">\(finding.name(of: label))</th>\
      <td>\(Figures.thousands(figures.samples))</td>\(cell(figures.precision))\
      \(cell(figures.recall))\(cell(figures.f1))</tr>
      """
    }
    return """
      <div class="scroll tall" tabindex="0"><table class="classes">
      <thead><tr><th scope="col">Class</th><th scope="col">Samples</th><th scope="col">Precision</th>\
      <th scope="col">Recall</th><th scope="col">F1</th></tr></thead>
      <tbody>\(rows)</tbody>
      <tfoot><tr><th scope="row">mean of classes</th><td></td>\(cell(mean(all.map(\.precision))))\
      \(cell(mean(all.map(\.recall))))\(cell(mean(all.map(\.f1))))</tr></tfoot>
      </table></div>
      """
  }

  /// A part of one, as a number over a bar.
  private func cell(_ part: Double?) -> Markup {
    guard let part else { return "<td>–</td>" }
    return """
      <td class="part" style="--part:\(100 * part)%">\(Figures.percent(part, 1))</td>
      """
  }

  /// The mean of those that are there.
  private func mean(_ parts: [Double?]) -> Double? {
    let there = parts.compactMap(\.self)
    return there.isEmpty ? nil : there.reduce(0, +) / Double(there.count)
  }
}
