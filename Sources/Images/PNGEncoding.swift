internal import CPNG

/// A PNG file of eight bits a channel, through libpng's simplified interface.
///
/// - Parameters:
///   - pixels: [H, W, C]; C is 1 for gray or 3 for RGB.
///   - width: W.
///   - height: H.
///   - fast: Whether to write six times as fast, files that are 1.7 times as large.
/// - Throws: what libpng says, which is nothing but a lack of memory.
public func encodePNG(
  _ pixels: [UInt8], width: Int, height: Int, fast: Bool = false
) throws(ImageError) -> [UInt8] {
  let channels = pixels.count / (width * height)
  precondition(
    width > 0 && height > 0 && [1, 3].contains(channels)
      && pixels.count == width * height * channels,
    "\(pixels.count) bytes for an image of \(width)×\(height)")
  var control = unsafe png_image()
  unsafe control.version = png_uint_32(PNG_IMAGE_VERSION)
  unsafe control.width = png_uint_32(width)
  unsafe control.height = png_uint_32(height)
  if fast { unsafe control.flags = png_uint_32(PNG_IMAGE_FLAG_FAST) }
  unsafe control.format = channels == 3 ? PNG_FORMAT_FLAG_COLOR : 0
  defer { unsafe png_image_free(&control) }
  // Pixels that do not shrink, a filter byte a row, blocks of deflate, and the chunks around them.
  var size = pixels.count + pixels.count / 100 + 16 * height + 4096
  var file = [UInt8](repeating: 0, count: size)
  guard unsafe png_image_write_to_memory(&control, &file, &size, 0, pixels, 0, nil) != 0 else {
    throw .damaged(.png, "libpng cannot write it")
  }
  file.removeLast(file.count - size)
  return file
}
