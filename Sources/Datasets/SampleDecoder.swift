internal import Images
internal import Storage

/// Turns image files into samples of one shape, in memory of its own.
///
/// One thread at a time uses it. After the largest image only the codecs allocate.
internal final class SampleDecoder {
  private let shape: Shape
  private let rule: ResizeRule
  private let decoder = ImageDecoder()
  /// The image in colours, where the sample is gray.
  private let colours: AlignedArray<UInt8>

  /// A decoder to samples of `shape`, [H, W, 3] or, gray, [H, W, 1], brought to it by `rule`.
  init(_ shape: Shape, by rule: ResizeRule) {
    precondition([1, 3].contains(shape.channels), "image files become no samples of \(shape)")
    self.shape = shape
    self.rule = rule
    colours = AlignedArray(count: shape.channels == 1 ? 3 * shape.count : 0)
  }

  /// The same, with the memory for all images of a data set taken already.
  convenience init(_ shape: Shape, by rule: ResizeRule, forImages images: ShardIndex.EncodedImages)
  {
    self.init(shape, by: rule)
    decoder.reserve(
      file: images.largestFile, pixels: images.largestImage, side: images.longestSide,
      covering: (shape[1], shape[0]))
  }

  /// The size in its file of the image decoded last, upright.
  var fullSize: (width: Int, height: Int) { decoder.fullSize }

  /// Decodes the image in `bytes` at its own size.
  func decodeWhole(_ bytes: RawSpan) throws(ImageError) { try decoder.decode(bytes) }

  /// The pixels [H, W, 3] of the image decoded whole last; they stay until the next one is decoded.
  @unsafe var wholePixels: UnsafeBufferPointer<UInt8> {
    unsafe decoder.unsafePixels
  }

  /// Overwrites `target` [H, W, C] with the image in `bytes`.
  func decode(_ bytes: RawSpan, into target: inout MutableSpan<UInt8>) throws(ImageError) {
    let (height, width) = (shape[0], shape[1])
    try decoder.decode(bytes, covering: (width, height))
    guard shape.channels == 1 else {
      return decoder.resize(by: rule, width: width, height: height, into: &target)
    }
    let memory = unsafe colours.unsafeElements
    var whole = unsafe memory.mutableSpan
    decoder.resize(by: rule, width: width, height: height, into: &whole)
    luminance(of: whole.span, into: &target)
  }
}
