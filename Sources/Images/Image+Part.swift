extension Image {
  /// The part of the image of which `columns` and `rows` are inside it.
  public func part(columns: Range<Int>, rows: Range<Int>) -> Image {
    precondition(
      columns.lowerBound >= 0 && columns.upperBound <= width && rows.lowerBound >= 0
        && rows.upperBound <= height, "columns \(columns), rows \(rows) of \(width)×\(height)")
    var part: [UInt8] = []
    part.reserveCapacity(3 * columns.count * rows.count)
    for row in rows {
      let start = 3 * (row * width + columns.lowerBound)
      part += pixels[start..<start + 3 * columns.count]
    }
    return Image(width: columns.count, height: rows.count, pixels: part)
  }
}
