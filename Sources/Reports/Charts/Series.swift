/// A line of a chart: values at steps.
struct Series {
  /// A value after so many steps.
  struct Point: Equatable {
    let step: Int
    let value: Double
  }

  /// How a line is drawn.
  enum Style {
    /// Noisy values, drawn pale, and a smooth line through them.
    case noisy
    /// A line as it is.
    case plain
    /// Few values, each with a dot.
    case dotted
  }

  /// What it shows: `training`, `test`.
  let name: String
  /// The class of its colour.
  let color: String
  /// How it is drawn.
  let style: Style
  /// What is drawn of its values, in the order of steps.
  let points: [Point]
  /// The smooth line through all values; empty unless the style is noisy.
  let smooth: [Point]

  /// The most points of a line: more than twice as many as a wide screen shows apart.
  static let mostPoints = 1200
  /// Fewer values than this are no noise.
  private static let fewestForSmoothing = 40

  /// A series of values, of which those that are not finite are left out.
  init(_ name: String, color: String, _ style: Style, _ values: [(step: Int?, value: Double?)]) {
    let all = values.compactMap { step, value -> Point? in
      guard let step, let value, value.isFinite else { return nil }
      return Point(step: step, value: value)
    }
    let isNoisy = style == .noisy && all.count >= Self.fewestForSmoothing
    self.name = name
    self.color = color
    self.style = style == .noisy && !isNoisy ? .plain : style
    points = Self.thinned(all)
    smooth = isNoisy ? Self.thinned(Self.smoothed(all)) : []
  }

  /// The smallest and the largest value of each of equal runs of points, so that no peak is lost.
  static func thinned(_ points: [Point]) -> [Point] {
    guard points.count > mostPoints else { return points }
    let runs = mostPoints / 2
    return (0..<runs).flatMap { run -> [Point] in
      let part = points[points.count * run / runs..<points.count * (run + 1) / runs]
      guard let low = part.min(by: { $0.value < $1.value }),
        let high = part.max(by: { $0.value < $1.value })
      else { return [] }
      if low == high { return [low] }
      return low.step < high.step ? [low, high] : [high, low]
    }
  }

  /// The mean of the values around each, over about a twentieth of all.
  private static func smoothed(_ points: [Point]) -> [Point] {
    let reach = max(2, points.count / 40)
    var sums = [0.0]
    for point in points { sums.append(sums[sums.count - 1] + point.value) }
    return points.indices.map { index in
      // As far on both sides: the line does not lag behind.
      let near = min(reach, index, points.count - 1 - index)
      let (first, last) = (index - near, index + near + 1)
      let mean = (sums[last] - sums[first]) / Double(last - first)
      return Point(step: points[index].step, value: mean)
    }
  }
}
