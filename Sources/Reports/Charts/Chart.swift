/// A chart of lines over steps.
///
/// Lines are SVG stretched to the room that there is; all text is HTML, so it keeps its size on a
/// phone. The page's script shows values at the pointer, or with the arrow keys.
struct Chart {
  /// How values are written.
  enum Unit: String, Encodable {
    case number
    case percent
  }

  let title: String
  let unit: Unit
  let series: [Series]
  private let steps: Axis
  private let values: Axis

  /// A chart of the series that have points; `from` is a value that is always shown.
  init(_ title: String, _ unit: Unit, from floor: Double? = nil, _ series: [Series]) {
    let series = series.filter { !$0.points.isEmpty }
    self.title = title
    self.unit = unit
    self.series = series
    let drawn = series.flatMap(\.points)
    steps = Axis(
      from: 0, to: Double(drawn.map(\.step).max() ?? 1), ticks: 5, widened: false)
    let (low, high) = Self.range(of: series)
    values = Axis(from: min(floor ?? low, low), to: max(high, floor ?? high), ticks: 4)
  }

  /// The chart; nil if there is nothing to draw.
  var markup: Markup? {
    guard !series.isEmpty else { return nil }
    return """
      <figure class="chart">
      <figcaption><h3>\(title)</h3>\(legend)</figcaption>
      <div class="plot" tabindex="0" role="group" aria-label="\(summary)">
      <div class="area">
      \(values.ticks.map(gridLine))
      <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
      \(series.map(lines))
      </svg>
      \(steps.ticks.map(stepLabel))
      </div>
      \(Markup(data: ChartData(self, steps: steps, values: values)))
      </div>
      </figure>
      """
  }

  /// The range of what is drawn strongly; the first values of a noisy line may lie far beyond.
  private static func range(of series: [Series]) -> (low: Double, high: Double) {
    var values: [Double] = []
    for line in series {
      guard line.style == .noisy else {
        values += line.points.map(\.value)
        continue
      }
      let sorted = line.points.map(\.value).sorted()
      values += line.smooth.map(\.value)
      values += [sorted[sorted.count / 200], sorted[sorted.count - 1 - sorted.count / 50]]
    }
    return (values.min() ?? 0, values.max() ?? 1)
  }

  private var legend: Markup? {
    guard series.count > 1 else { return nil }
    let entries = series.map { line -> Markup in
      "<li class=\"\(line.color) \(line.style == .dotted ? "dotted" : "line")\">\(line.name)</li>"
    }
    return "<ul class=\"legend\">\(entries)</ul>"
  }

  /// What the chart says, for those who do not see it.
  private var summary: String {
    let parts = series.compactMap { line in
      line.points.last.map { "\(line.name) \(text(of: $0.value)) after step \($0.step)" }
    }
    return "\(title): " + parts.joined(separator: ", ") + ". Arrow keys show values."
  }

  private func gridLine(at value: Double) -> Markup {
    """
    <i class="grid" style="bottom:\(100 * values.position(of: value))%"><b>\(tick(value))</b></i>
    """
  }

  private func stepLabel(at step: Double) -> Markup {
    let place = steps.position(of: step)
    return """
      <b class="step" style="left:\(100 * place)%">\(Figures.thousands(Int(step)))</b>
      """
  }

  private func lines(of line: Series) -> Markup {
    switch line.style {
    case .noisy:
      return """
        <path class="\(line.color) noise" d="\(path(line.points))"/>
        <path class="\(line.color) line" d="\(path(line.smooth))"/>
        """
    case .plain: return "<path class=\"\(line.color) line\" d=\"\(path(line.points))\"/>"
    case .dotted:
      return """
        <path class="\(line.color) line thin" d="\(path(line.points))"/>
        <path class="\(line.color) dots" d="\(dots(line.points))"/>
        """
    }
  }

  private func path(_ points: [Series.Point]) -> Markup {
    var text = ""
    for (index, point) in points.enumerated() {
      let (x, y) = place(of: point)
      text += "\(index == 0 ? "M" : "L")\(x) \(y)"
    }
    // A single value is no line: it gets a length that is seen.
    if points.count == 1 { text += "h8" }
    return Markup(trusted: text)
  }

  /// Lines of no length with round ends: circles, however the drawing is stretched.
  private func dots(_ points: [Series.Point]) -> Markup {
    Markup(
      trusted: points.map { point in
        let (x, y) = place(of: point)
        return "M\(x) \(y)h0"
      }.joined())
  }

  private func place(of point: Series.Point) -> (x: String, y: String) {
    let x = (10000 * steps.position(of: Double(point.step))).rounded() / 10
    let y = (10000 * (1 - values.position(of: point.value))).rounded() / 10
    return (Markup.short(x), Markup.short(y))
  }

  private func text(of value: Double) -> String {
    unit == .percent ? Figures.percent(value) : Figures.number(value)
  }

  /// A round number, with as few digits as tell it from its neighbours.
  private func tick(_ value: Double) -> String {
    if unit == .percent {
      let whole = values.ticks.allSatisfy { abs(100 * $0 - (100 * $0).rounded()) < 1e-6 }
      return Figures.percent(value, whole ? 0 : 1)
    }
    let size = values.ticks.map(abs).max() ?? 1
    if abs(value) < 1e-12 * size { return "0" }
    return size >= 1000
      ? Figures.thousands(Int(value.rounded()))
      : Markup.short((value * 1e9).rounded() / 1e9).count <= 6 && size >= 0.01
        ? Markup.short(value) : Figures.number(value)
  }
}

/// What the page's script knows of a chart.
private struct ChartData: Encodable {
  struct Line: Encodable {
    let name: String
    let color: String
    let steps: [Int]
    let values: [Double]
  }

  let unit: Chart.Unit
  let steps: [Double]
  let values: [Double]
  let lines: [Line]

  init(_ chart: Chart, steps: Axis, values: Axis) {
    unit = chart.unit
    self.steps = [steps.low, steps.high]
    self.values = [values.low, values.high]
    lines = chart.series.map { line in
      Line(
        name: line.name, color: line.color, steps: line.points.map(\.step),
        values: line.points.map(\.value))
    }
  }
}
