internal import CPNG

/// Decodes the pixels of a PNG through libpng's simplified interface.
internal func decodePNG(
  _ chunks: PNGChunks, pixelLimit: Int
) throws(ImageError) -> Image {
  var control = unsafe png_image()
  unsafe control.version = png_uint_32(PNG_IMAGE_VERSION)
  defer { unsafe png_image_free(&control) }
  let file = chunks.critical
  guard unsafe png_image_begin_read_from_memory(&control, file, file.count) != 0 else {
    throw unsafe fault(control)
  }
  let (width, height) = unsafe (Int(control.width), Int(control.height))
  guard width * height <= pixelLimit else {
    throw .tooLarge(width: width, height: height, limit: pixelLimit)
  }
  // Alpha is asked for where it is there, and dropped below: without it libpng would composite.
  let hasAlpha = unsafe control.format & PNG_FORMAT_FLAG_ALPHA != 0
  unsafe control.format = PNG_FORMAT_FLAG_COLOR | (hasAlpha ? PNG_FORMAT_FLAG_ALPHA : 0)
  // Without this, 16 bits a channel would be taken for linear light.
  unsafe control.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
  var pixels = [UInt8](repeating: 0, count: (hasAlpha ? 4 : 3) * width * height)
  guard unsafe png_image_finish_read(&control, nil, &pixels, 0, nil) != 0 else {
    throw unsafe fault(control)
  }
  if hasAlpha { dropAlpha(&pixels) }
  return Image(width: width, height: height, pixels: pixels)
}

/// Moves RGBA together to RGB.
private func dropAlpha(_ pixels: inout [UInt8]) {
  let count = pixels.count / 4
  for pixel in 0..<count {
    for channel in 0..<3 { pixels[3 * pixel + channel] = pixels[4 * pixel + channel] }
  }
  pixels.removeLast(count)
}

/// The error that libpng left in its structure.
private func fault(_ control: png_image) -> ImageError {
  let reason = unsafe withUnsafeBytes(of: control.message) {
    unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
  }
  return .damaged(.png, reason.isEmpty ? "libpng gives no reason" : reason)
}
