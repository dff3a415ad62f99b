/// A decoded image, upright, and which part of its pixels' plane the whole picture covers.
///
/// A JPEG decoded at half its size has half a pixel too much where the size is odd.
internal struct DecodedImage {
  /// The pixels [H, W, 3]; memory behind them is kept for larger pictures.
  var pixels: [UInt8] = []
  /// The size of `pixels`.
  var width = 0
  var height = 0
  /// Left, top, right and bottom edge of the picture, in pixels.
  var box = Box(right: 0, bottom: 0)
  /// The size of the picture in its file.
  var fullWidth = 0
  var fullHeight = 0

  /// Says what size the pixels have that were decoded, smaller by a factor than the picture.
  mutating func setSize(
    _ width: Int, _ height: Int, fullWidth: Int, fullHeight: Int, reduction: Int
  ) {
    self.width = width
    self.height = height
    self.fullWidth = fullWidth
    self.fullHeight = fullHeight
    box = Box(
      right: Double(fullWidth) / Double(reduction), bottom: Double(fullHeight) / Double(reduction))
  }
}

/// A rectangle by its edges, in pixels.
internal struct Box: Equatable {
  var left = 0.0
  var top = 0.0
  var right: Double
  var bottom: Double
}

extension Array where Element: FixedWidthInteger {
  /// Makes room for `count` elements; memory once taken is kept.
  internal mutating func grow(_ count: Int) {
    if self.count < count { append(contentsOf: repeatElement(0, count: count - self.count)) }
  }

  /// Makes the first `count` elements 0.
  internal mutating func clear(_ count: Int) {
    grow(count)
    unsafe withUnsafeMutableBufferPointer { unsafe $0[..<count].update(repeating: 0) }
  }
}
