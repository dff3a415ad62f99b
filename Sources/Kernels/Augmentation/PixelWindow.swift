import CVectors
public import Storage

/// A part of an image, perhaps reaching beyond the image's edges, perhaps turned over.
///
/// A crop, a padding, a flip and any run of them are one window, so that they cost one pass.
public struct PixelWindow: Equatable, Sendable {
  /// The image's row at which the window begins; negative above the image.
  public var top: Int
  /// The image's column at which the window begins; negative left of the image.
  public var left: Int
  /// Height and width.
  public var size: Extent2D
  /// Whether left and right are exchanged.
  public var isMirrored = false
  /// Whether top and bottom are exchanged.
  public var isUpsideDown = false

  /// The window of `size` that begins at the given row and column.
  public init(top: Int = 0, left: Int = 0, _ size: Extent2D) {
    self.top = top
    self.left = left
    self.size = size
  }

  /// Whether the window shows all of an image of `size` as it is.
  public func isWhole(of size: Extent2D) -> Bool { self == PixelWindow(size) }

  /// Whether the window shows nothing beyond the edges of an image of `size`.
  public func isInside(_ size: Extent2D) -> Bool {
    top >= 0 && left >= 0 && top + self.size.height <= size.height
      && left + self.size.width <= size.width
  }

  /// The part of this window that begins at the row `top` and the column `left` of what it shows.
  public func part(top: Int, left: Int, _ size: Extent2D) -> PixelWindow {
    var part = self
    part.top += isUpsideDown ? self.size.height - top - size.height : top
    part.left += isMirrored ? self.size.width - left - size.width : left
    part.size = size
    return part
  }

  /// The image's row that the window's row shows.
  fileprivate func row(_ row: Int) -> Int {
    top + (isUpsideDown ? size.height - 1 - row : row)
  }

  /// The image's column that the window's column shows.
  fileprivate func column(_ column: Int) -> Int {
    left + (isMirrored ? size.width - 1 - column : column)
  }

  /// Which of the window's columns show a part of the image, and from which of its columns on.
  fileprivate func columns(of image: Extent2D) -> (shown: Range<Int>, from: Int) {
    let first = min(max(-left, 0), size.width)
    let end = max(first, min(size.width, image.width - left))
    return (isMirrored ? size.width - end..<size.width - first : first..<end, left + first)
  }
}

/// Overwrites `output` with what a window shows of an image, as numbers for the network.
///
/// - Parameters:
///   - window: which part, of h×w pixels.
///   - pixels: the image [H, W, C], of `size`.
///   - fill: a byte for each channel, which stands where the window reaches beyond the image.
///   - table: what each byte of each channel becomes [C, 256].
///   - output: [h, w, C].
public func normalizeWindow(
  _ window: PixelWindow, of pixels: Span<UInt8>, size: Extent2D, fill: Span<UInt8>,
  table: Span<Float>, into output: inout MutableSpan<Float>
) {
  let channels = fill.count
  requireSizes(window, size, channels, pixels.count, output.count)
  precondition(table.count == 256 * channels, "a table of \(table.count)")
  let width = window.size.width * channels
  let (shown, from) = window.columns(of: size)
  for row in 0..<window.size.height {
    let start = row * width
    let source = window.row(row)
    guard source >= 0, source < size.height, !shown.isEmpty else {
      for index in 0..<width {
        let channel = index % channels
        output[start + index] = table[256 * channel + Int(fill[channel])]
      }
      continue
    }
    for column in 0..<window.size.width where !shown.contains(column) {
      for channel in 0..<channels {
        output[start + column * channels + channel] = table[256 * channel + Int(fill[channel])]
      }
    }
    let first = (source * size.width + from) * channels
    let count = shown.count * channels
    var target = output.slice(start + shown.lowerBound * channels..<start + width)
    let part = pixels.extracting(first..<first + count)
    if window.isMirrored {
      unsafe lockstep_look_up_mirrored(
        part.withUnsafeBufferPointer { $0.baseAddress }, count, table.address, channels,
        target.mutableAddress)
    } else {
      unsafe lockstep_look_up(
        part.withUnsafeBufferPointer { $0.baseAddress }, count, table.address, channels,
        target.mutableAddress)
    }
  }
}

/// Overwrites `output` [h, w, C] with what a window of h×w pixels shows of the image `pixels`
/// [H, W, C] of `size`.
///
/// - Parameters:
///   - border: what stands beyond the image.
///   - fill: a byte for each channel, for a constant border.
public func copyWindow(
  _ window: PixelWindow, of pixels: Span<UInt8>, size: Extent2D, border: PixelBorder,
  fill: Span<UInt8>, into output: inout MutableSpan<UInt8>
) {
  let channels = fill.count
  requireSizes(window, size, channels, pixels.count, output.count)
  var target = 0
  for row in 0..<window.size.height {
    let source = border.place(window.row(row), of: size.height)
    for column in 0..<window.size.width {
      let place = border.place(window.column(column), of: size.width)
      for channel in 0..<channels {
        if let source, let place {
          output[target] = pixels[(source * size.width + place) * channels + channel]
        } else {
          output[target] = fill[channel]
        }
        target += 1
      }
    }
  }
}

private func requireSizes(
  _ window: PixelWindow, _ size: Extent2D, _ channels: Int, _ pixels: Int, _ output: Int
) {
  precondition(
    pixels == size.count * channels && output == window.size.count * channels,
    "\(pixels) bytes of \(size), \(output) for a window of \(window.size), \(channels) channels")
}
