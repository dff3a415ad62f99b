/// How stored pixels are turned to stand upright: the values of Exif's tag 0x0112.
internal enum Orientation: Int {
  case upright = 1
  case mirrored
  case turnedAround
  case flipped
  case transposed
  case turnedLeft
  case transversed
  case turnedRight

  /// The orientation in Exif data, a small TIFF file; upright where they tell none or are damaged.
  init(exif: RawSpan) {
    self = Orientation.value(in: exif).flatMap(Orientation.init(rawValue:)) ?? .upright
  }

  /// Whether rows become columns.
  var swapsAxes: Bool { rawValue >= 5 }
  /// Whether the stored columns run from the other side.
  var mirrorsColumns: Bool {
    [.mirrored, .turnedAround, .transversed, .turnedRight].contains(self)
  }
  /// Whether the stored rows run from the other side.
  var mirrorsRows: Bool { [.turnedAround, .flipped, .transversed, .turnedLeft].contains(self) }

  /// The value of the tag in the first directory.
  private static func value(in exif: RawSpan) -> Int? {
    let isLittle = exif.starts(with: [0x49, 0x49, 42, 0])
    guard isLittle || exif.starts(with: [0x4D, 0x4D, 0, 42]), exif.byteCount >= 10 else {
      return nil
    }
    func short(_ offset: Int) -> Int {
      let value = exif.big16(offset)
      return isLittle ? value >> 8 | (value & 255) << 8 : value
    }
    let directory = isLittle ? short(4) | short(6) << 16 : exif.big32(4)
    guard directory + 2 <= exif.byteCount else { return nil }
    for entry in 0..<short(directory) {
      let start = directory + 2 + 12 * entry
      guard start + 12 <= exif.byteCount else { return nil }
      // Type 3: one 16-bit number, in the entry itself.
      if short(start) == 0x0112 { return short(start + 2) == 3 ? short(start + 8) : nil }
    }
    return nil
  }
}

extension DecodedImage {
  /// Turns the picture upright; `spare` is memory that its pixels change places with.
  mutating func apply(_ orientation: Orientation, with spare: inout [UInt8]) {
    guard orientation != .upright else { return }
    let (columns, rows) = (Double(width), Double(height))
    if orientation.mirrorsColumns {
      (box.left, box.right) = (columns - box.right, columns - box.left)
    }
    if orientation.mirrorsRows { (box.top, box.bottom) = (rows - box.bottom, rows - box.top) }
    spare.grow(3 * width * height)
    turn(orientation, into: &spare)
    swap(&pixels, &spare)
    if orientation.swapsAxes {
      box = Box(left: box.top, top: box.left, right: box.bottom, bottom: box.right)
      swap(&fullWidth, &fullHeight)
      swap(&width, &height)
    }
  }

  /// Overwrites `turned` with the pixels in the places that `orientation` gives them.
  private func turn(_ orientation: Orientation, into turned: inout [UInt8]) {
    let size = orientation.swapsAxes ? (height, width) : (width, height)
    // Where the pixel of the first upright row and column lies, and the way to the next ones.
    let right = orientation.mirrorsColumns ? -1 : 1
    let down = orientation.mirrorsRows ? -width : width
    let first =
      (orientation.mirrorsColumns ? width - 1 : 0)
      + (orientation.mirrorsRows ? (height - 1) * width : 0)
    let (column, row) = orientation.swapsAxes ? (down, right) : (right, down)
    var target = 0
    for y in 0..<size.1 {
      for x in 0..<size.0 {
        let source = 3 * (first + y * row + x * column)
        for channel in 0..<3 { turned[target + channel] = pixels[source + channel] }
        target += 3
      }
    }
  }
}
