public import Storage

/// How an image is read between its pixels.
public enum PixelInterpolation: String, CaseIterable, Hashable, Sendable {
  /// The nearest pixel.
  case nearest
  /// Weighted by distance among the four nearest.
  case bilinear
}

/// Overwrites `output` with an image seen through an affine map.
///
/// As PIL's `Image.transform` with AFFINE: a point of the image that lies beyond its edges is
/// border; nearer to an edge than half a pixel, the outermost pixels stand for the missing
/// neighbours. PIL cuts off fractions of a level, here they are rounded.
///
/// - Parameters:
///   - pixels: the image [H, W, C], of `size`.
///   - map: from a place in the result to one in the image; pixel i covers i ..< i + 1.
///   - border: what stands beyond the edges.
///   - fill: a byte for each channel, for a constant border.
///   - output: [H, W, C].
public func resample(
  _ pixels: Span<UInt8>, size: Extent2D, through map: AffineMap,
  interpolation: PixelInterpolation, border: PixelBorder, fill: Span<UInt8>,
  into output: inout MutableSpan<UInt8>
) {
  let channels = fill.count
  precondition(
    pixels.count == size.count * channels && output.count == pixels.count,
    "\(pixels.count) bytes of \(size), \(output.count) for the result, \(channels) channels")
  var target = 0
  for row in 0..<size.height {
    let (u, v) = (map.xy * (Double(row) + 0.5) + map.x0, map.yy * (Double(row) + 0.5) + map.y0)
    for column in 0..<size.width {
      let place = Place(
        x: map.xx * (Double(column) + 0.5) + u, y: map.yx * (Double(column) + 0.5) + v,
        size: size, interpolation, border)
      for channel in 0..<channels {
        output[target] =
          place.isBorder ? fill[channel] : place.value(of: pixels, channels, channel)
        target += 1
      }
    }
  }
}

/// A place between pixels: the four around it, and how near it is to the later ones.
private struct Place {
  var isBorder = false
  private var (topLeft, topRight, bottomLeft, bottomRight) = (0, 0, 0, 0)
  private var (right, bottom): (Float, Float) = (0, 0)

  init(
    x: Double, y: Double, size: Extent2D, _ interpolation: PixelInterpolation,
    _ border: PixelBorder
  ) {
    // Far beyond any image, and what is no number, becomes no whole number.
    guard abs(x) < 1e9, abs(y) < 1e9,
      border != .constant || x >= 0 && y >= 0 && x < Double(size.width) && y < Double(size.height)
    else {
      isBorder = true
      return
    }
    let half = interpolation == .nearest ? 0 : 0.5
    let (floorX, floorY) = ((x - half).rounded(.down), (y - half).rounded(.down))
    if interpolation == .bilinear {
      (right, bottom) = (Float(x - half - floorX), Float(y - half - floorY))
    }
    // What lies within, but beyond the outermost pixels' middles, has them on both sides.
    let border = border == .constant ? .edge : border
    let next = interpolation == .nearest ? 0 : 1
    let left = border.place(Int(floorX), of: size.width) ?? 0
    let rightColumn = border.place(Int(floorX) + next, of: size.width) ?? 0
    let top = (border.place(Int(floorY), of: size.height) ?? 0) * size.width
    let bottomRow = (border.place(Int(floorY) + next, of: size.height) ?? 0) * size.width
    (topLeft, topRight) = (top + left, top + rightColumn)
    (bottomLeft, bottomRight) = (bottomRow + left, bottomRow + rightColumn)
  }

  @inline(__always)
  func value(of pixels: Span<UInt8>, _ channels: Int, _ channel: Int) -> UInt8 {
    let a = Float(pixels[topLeft * channels + channel])
    let b = Float(pixels[topRight * channels + channel])
    let c = Float(pixels[bottomLeft * channels + channel])
    let d = Float(pixels[bottomRight * channels + channel])
    let above = a + (b - a) * right
    let below = c + (d - c) * right
    return UInt8(above + (below - above) * bottom + 0.5)
  }
}
