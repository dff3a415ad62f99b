import CVectors
public import Storage

/// Resizes parts of images, bilinearly and with antialiasing, as PIL's `Image.resize`.
///
/// All memory is allocated at once.
public final class Resizer {
  private let channels: Int
  private let columns: ResizingAxis
  private let rows: ResizingAxis
  /// Rows as wide as the result [rows of the image, w, C].
  private let between: AlignedArray<UInt8>
  private let sums: AlignedArray<Int32>

  /// For images of at most `source` to results of at most `target`.
  public init(largest source: Extent2D, target: Extent2D, channels: Int) {
    self.channels = channels
    columns = ResizingAxis(longestSource: source.width, longestTarget: target.width)
    rows = ResizingAxis(longestSource: source.height, longestTarget: target.height)
    between = AlignedArray(count: source.height * target.width * channels)
    sums = AlignedArray(count: target.width * channels)
  }

  /// Overwrites `output` [h, w, C] with a part of the resized image: first along rows, then along
  /// columns, as in PIL.
  ///
  /// - Parameters:
  ///   - region: the part of the image that is resized, within it; it is not turned over.
  ///   - pixels: the image [H, W, C], of `size`.
  ///   - target: the size that the region gets.
  ///   - part: of the region in its new size, within it, the part of h×w that is wanted.
  public func resize(
    _ region: PixelWindow, of pixels: Span<UInt8>, size: Extent2D, to target: Extent2D,
    part: PixelWindow, into output: inout MutableSpan<UInt8>
  ) {
    precondition(
      pixels.count == size.count * channels && output.count == part.size.count * channels
        && region.isInside(size) && part.isInside(target),
      "\(region) of \(size) to \(target), of it \(part)")
    columns.prepare(
      from: region.left, end: region.left + region.size.width, target: target.width,
      part: part.left..<part.left + part.size.width)
    rows.prepare(
      from: region.top, end: region.top + region.size.height, target: target.height,
      part: part.top..<part.top + part.size.height)
    let width = part.size.width * channels
    let last = part.size.height - 1
    let first = unsafe Int(rows.starts.unsafeElements[0])
    let end = unsafe Int(rows.starts.unsafeElements[last] + rows.counts.unsafeElements[last])
    unsafe pixels.withUnsafeBufferPointer { source in
      for row in first..<end {
        unsafe lockstep_resize_row(
          source.baseAddress! + row * size.width * channels, channels,
          columns.starts.unsafeElements.baseAddress, columns.counts.unsafeElements.baseAddress,
          columns.weights.unsafeElements.baseAddress, columns.stride, part.size.width,
          between.unsafeElements.baseAddress! + (row - first) * width)
      }
    }
    unsafe output.withUnsafeMutableBufferPointer { output in
      for row in 0...last {
        let start = unsafe Int(rows.starts.unsafeElements[row]) - first
        unsafe lockstep_resize_column(
          between.unsafeElements.baseAddress! + start * width, width,
          rows.weights.unsafeElements.baseAddress! + row * rows.stride,
          Int(rows.counts.unsafeElements[row]), sums.unsafeElements.baseAddress,
          output.baseAddress! + row * width)
      }
    }
  }
}
