import Storage

/// Some lines of an image, and what a window's gradients need for them.
struct LineStrip {
  /// Lines of the input whose gradient the strip makes.
  let ownLines: Range<Int>
  /// Rows of the output that belong to the strip: each row belongs to one.
  let ownRows: Range<Int>
  /// The lines of the input that its own rows see.
  let lines: Range<Int>
  /// The rows of the output that see its own lines, and its own rows.
  let rows: Range<Int>
}

/// An image cut into strips of whole lines, from top to bottom.
struct LineStrips: Sequence, IteratorProtocol {
  private let window: WindowGeometry
  /// Lines of every strip but the last.
  let size: Int
  private var first = 0

  /// Strips of `lines` lines, a multiple of the stride; the last may have fewer.
  init(_ window: WindowGeometry, lines: Int) {
    self.window = window
    size = lines
  }

  /// The most lines that a strip's own rows see.
  var mostLines: Int {
    var most = 0
    for strip in self { most = Swift.max(most, strip.lines.count) }
    return most
  }

  /// The most rows of the output that a strip needs.
  var mostRows: Int {
    var most = 0
    for strip in self { most = Swift.max(most, strip.rows.count) }
    return most
  }

  mutating func next() -> LineStrip? {
    let (height, stride) = (window.input.height, window.stride.height)
    if first >= height { return nil }
    let end = Swift.min(first + size, height)
    defer { first = end }
    let isLast = end == height
    let own =
      Swift.min(
        first / stride, window.output.height)..<(isLast
      ? window.output.height : Swift.min(end / stride, window.output.height))
    // Row r sees the lines r·stride − padding + k·dilation.
    let reach = window.dilation.height * (window.kernel.height - 1)
    let seen =
      own.isEmpty
      ? first..<first
      : within(window.firstRow(own.lowerBound), window.firstRow(own.upperBound - 1) + reach, height)
    let above = first + window.padding.height - reach
    let seeing = within(
      above <= 0 ? 0 : (above + stride - 1) / stride,
      (end - 1 + window.padding.height) / stride, window.output.height)
    let rows =
      own.isEmpty
      ? seeing
      : Swift.min(own.lowerBound, seeing.lowerBound)..<Swift.max(own.upperBound, seeing.upperBound)
    return LineStrip(ownLines: first..<end, ownRows: own, lines: seen, rows: rows)
  }

  /// The part of `first`…`last` that lies in 0 ..< `extent`.
  private func within(_ first: Int, _ last: Int, _ extent: Int) -> Range<Int> {
    let lower = Swift.min(Swift.max(first, 0), extent)
    return lower..<Swift.max(lower, Swift.min(last + 1, extent))
  }
}
