import Journal

/// A confusion matrix: with numbers where there is room for them, as a picture for many classes,
/// and for very many as a list of what is confused most.
struct ConfusionPicture {
  private let finding: FindingsOfRun.Finding
  private let matrix: ConfusionMatrix

  /// The most classes whose counts are written.
  private static let mostInTable = 20
  /// The most classes that are drawn.
  private static let mostDrawn = 200
  /// The pairs listed below.
  private static let pairsListed = 8

  init(_ finding: FindingsOfRun.Finding) {
    self.finding = finding
    matrix = finding.matrix
  }

  /// The matrix and the pairs that are confused most.
  var markup: Markup {
    let classes = matrix.classCount
    let picture: Markup? =
      classes <= Self.mostInTable ? table : classes <= Self.mostDrawn ? drawing : nil
    return "\(picture)\(pairs)"
  }

  private var table: Markup {
    let heads = (0..<matrix.classCount).map { label -> Markup in
      "<th scope=\"col\"><span>\(finding.name(of: label))</span></th>"
    }
    let rows = (0..<matrix.classCount).map { label -> Markup in
      let cells = (0..<matrix.classCount).map { cell(label, $0) }
      return "<tr><th scope=\"row\">\(finding.name(of: label))</th>\(cells)</tr>"
    }
    return """
      <div class="scroll" tabindex="0"><table class="confusion">
      <caption>Rows: what samples are. Columns: what they were taken for.</caption>
      <thead><tr><td></td>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div>
      """
  }

  private func cell(_ label: Int, _ predicted: Int) -> Markup {
    let count = matrix[label, predicted]
    guard count > 0 else { return "<td></td>" }
    let kind = label == predicted ? "right" : "wrong"
    let share = share(label, predicted)
    return """
      <td class="\(kind)\(share > 0.5 ? " strong" : "")" style="--share:\(shade(share))%" \
      title="\(describe(label, predicted))">\(count)</td>
      """
  }

  private var drawing: Markup {
    let classes = matrix.classCount
    var squares: [Markup] = []
    for label in 0..<classes {
      for predicted in 0..<classes where matrix[label, predicted] > 0 {
        let opacity = shade(share(label, predicted)) / 100
        squares.append(
          """
          <rect class="\(label == predicted ? "right" : "wrong")" x="\(predicted)" y="\(label)" \
          width="1" height="1" opacity="\(opacity)"><title>\(describe(label, predicted))</title>\
          </rect>
          """)
      }
    }
    return """
      <figure class="matrix"><svg viewBox="0 0 \(classes) \(classes)" role="img" \
      aria-label="Confusion matrix of \(classes) classes" shape-rendering="crispEdges">
      \(squares)
      </svg><figcaption>Rows: what samples are. Columns: what they were taken for. The list below \
      has the names.</figcaption></figure>
      """
  }

  private var pairs: Markup {
    var wrong: [(label: Int, predicted: Int)] = []
    for label in 0..<matrix.classCount {
      for predicted in 0..<matrix.classCount
      where predicted != label && matrix[label, predicted] > 0 { wrong.append((label, predicted)) }
    }
    if wrong.isEmpty { return "<p class=\"none\">Every sample was taken for what it is.</p>" }
    let most = wrong.sorted {
      (-matrix[$0.label, $0.predicted], $0.label, $0.predicted)
        < (-matrix[$1.label, $1.predicted], $1.label, $1.predicted)
    }
    let entries = most.prefix(Self.pairsListed).map { label, predicted -> Markup in
      """
      <li><b>\(matrix[label, predicted])</b> \(finding.name(of: label)) <i>taken for</i> \
      \(finding.name(of: predicted)) <span class="remark">\
      \(Figures.percent(share(label, predicted), 1))</span></li>
      """
    }
    return "<h5>Confused most</h5><ol class=\"pairs\">\(Array(entries))</ol>"
  }

  /// The part of a class's samples.
  private func share(_ label: Int, _ predicted: Int) -> Double {
    Double(matrix[label, predicted]) / Double(max(1, matrix.figures(of: label).samples))
  }

  /// How strongly a share is coloured, in percent: few samples must be seen too.
  private func shade(_ share: Double) -> Double { 8 + 92 * share.squareRoot() }

  private func describe(_ label: Int, _ predicted: Int) -> String {
    "\(matrix[label, predicted]) of \(finding.name(of: label)) taken for "
      + "\(finding.name(of: predicted)), \(Figures.percent(share(label, predicted), 1))"
  }
}
