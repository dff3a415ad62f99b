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
  let count = (hasAlpha ? 4 : 3) * width * height
  var pixels: [UInt8]
  if chunks.isDeepAndInterlaced {
    // libpng mixes up rows when it brings such images to eight bits (pnggroup/libpng#853; to be
    // removed when no supported system has that fault). As "linear light" their 16 bits come
    // unchanged.
    unsafe control.format |= PNG_FORMAT_FLAG_LINEAR
    var words = [UInt16](repeating: 0, count: count)
    guard unsafe png_image_finish_read(&control, nil, &words, 0, nil) != 0 else {
      throw unsafe fault(control)
    }
    if hasAlpha { divideByAlpha(&words) }
    pixels = words.map { UInt8($0 >> 8) }
  } else {
    // Without this, 16 bits a channel would be taken for linear light and converted.
    unsafe control.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
    pixels = [UInt8](repeating: 0, count: count)
    guard unsafe png_image_finish_read(&control, nil, &pixels, 0, nil) != 0 else {
      throw unsafe fault(control)
    }
  }
  if hasAlpha { dropAlpha(&pixels) }
  return Image(width: width, height: height, pixels: pixels)
}

/// Undoes the multiplication by alpha that libpng does to 16-bit RGBA; where alpha is 0, black stays.
private func divideByAlpha(_ words: inout [UInt16]) {
  for start in stride(from: 0, to: words.count, by: 4) {
    let alpha = Int(words[start + 3])
    guard alpha > 0 else { continue }
    for index in start..<start + 3 {
      words[index] = UInt16(clamping: (Int(words[index]) * 65535 + alpha / 2) / alpha)
    }
  }
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
