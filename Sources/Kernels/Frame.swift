import Storage

/// An image with zeros around it.
struct Frame {
  let image: Extent2D
  let top: Int
  let bottom: Int
  let left: Int
  let right: Int

  var height: Int { top + image.height + bottom }
  var width: Int { left + image.width + right }
  private var isPlain: Bool { top + bottom + left + right == 0 }

  /// Floats of the framed image; none where there is no frame, and the image itself is read.
  func count(channels: Int) -> Int {
    isPlain ? 0 : height * width * channels
  }

  /// The image framed, in `memory`, or the image itself if it needs no frame.
  func framing(
    _ pixels: UnsafePointer<Float>, channels: Int, in memory: UnsafeMutablePointer<Float>?
  ) -> UnsafePointer<Float> {
    if isPlain { return unsafe pixels }
    unsafe copying(pixels, channels: channels, to: memory!)
    return unsafe UnsafePointer(memory!)
  }

  /// Copies the image with its frame, even if that is nothing.
  func copying(
    _ pixels: UnsafePointer<Float>, channels: Int, to start: UnsafeMutablePointer<Float>
  ) {
    let (line, row) = (width * channels, image.width * channels)
    unsafe start.update(repeating: 0, count: top * line)
    for y in 0..<image.height {
      let target = unsafe start + (top + y) * line
      unsafe target.update(repeating: 0, count: left * channels)
      unsafe (target + left * channels).update(from: pixels + y * row, count: row)
      unsafe (target + left * channels + row).update(repeating: 0, count: right * channels)
    }
    unsafe (start + (top + image.height) * line).update(repeating: 0, count: bottom * line)
  }
}

extension WindowGeometry {
  /// The input in its padding.
  var inputFrame: Frame {
    Frame(
      image: input, top: padding.height, bottom: padding.height, left: padding.width,
      right: padding.width)
  }

  /// The output in as many zeros as the gradient of the input reads.
  var gradientFrame: Frame {
    let (top, bottom) = Residue.margins(rowResidues, source: output.height)
    let (left, right) = Residue.margins(columnResidues, source: output.width)
    return Frame(image: output, top: top, bottom: bottom, left: left, right: right)
  }
}
