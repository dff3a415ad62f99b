internal import CPNG

/// Decodes the pixels of a PNG into `picture` through libpng's simplified interface.
///
/// - Parameter words: memory for pixels of 16 bits a channel, kept for the next such image.
internal func decodePNG(
  _ chunks: PNGChunks, pixelLimit: Int, words: inout [UInt16], into picture: inout DecodedImage
) throws(ImageError) {
  try unsafe chunks.critical.withUnsafeBufferPointer { file throws(ImageError) in
    try unsafe decode(
      file, isDeepAndInterlaced: chunks.isDeepAndInterlaced, pixelLimit: pixelLimit, words: &words,
      into: &picture)
  }
}

private func decode(
  _ file: UnsafeBufferPointer<UInt8>, isDeepAndInterlaced: Bool, pixelLimit: Int,
  words: inout [UInt16], into picture: inout DecodedImage
) throws(ImageError) {
  var control = unsafe png_image()
  unsafe control.version = png_uint_32(PNG_IMAGE_VERSION)
  defer { unsafe png_image_free(&control) }
  guard unsafe png_image_begin_read_from_memory(&control, file.baseAddress, file.count) != 0 else {
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
  picture.pixels.clear(count)
  if isDeepAndInterlaced {
    // libpng mixes up rows when it brings such images to eight bits (pnggroup/libpng#853; to be
    // removed when no supported system has that fault). As "linear light" their 16 bits come
    // unchanged.
    unsafe control.format |= PNG_FORMAT_FLAG_LINEAR
    words.clear(count)
    guard unsafe png_image_finish_read(&control, nil, &words, 0, nil) != 0 else {
      throw unsafe fault(control)
    }
    if hasAlpha { divideByAlpha(&words, count: count) }
    for index in 0..<count { picture.pixels[index] = UInt8(words[index] >> 8) }
  } else {
    // Without this, 16 bits a channel would be taken for linear light and converted.
    unsafe control.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
    guard unsafe png_image_finish_read(&control, nil, &picture.pixels, 0, nil) != 0 else {
      throw unsafe fault(control)
    }
  }
  if hasAlpha { dropAlpha(&picture.pixels, count: width * height) }
  picture.setSize(width, height, fullWidth: width, fullHeight: height, reduction: 1)
}

/// Undoes the multiplication by alpha that libpng does to 16-bit RGBA; where alpha is 0, black stays.
private func divideByAlpha(_ words: inout [UInt16], count: Int) {
  for start in stride(from: 0, to: count, by: 4) {
    let alpha = Int(words[start + 3])
    guard alpha > 0 else { continue }
    for index in start..<start + 3 {
      words[index] = UInt16(clamping: (Int(words[index]) * 65535 + alpha / 2) / alpha)
    }
  }
}

/// Moves `count` pixels RGBA together to RGB.
private func dropAlpha(_ pixels: inout [UInt8], count: Int) {
  for pixel in 0..<count {
    for channel in 0..<3 { pixels[3 * pixel + channel] = pixels[4 * pixel + channel] }
  }
}

/// The error that libpng left in its structure.
private func fault(_ control: png_image) -> ImageError {
  let reason = unsafe withUnsafeBytes(of: control.message) {
    unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
  }
  return .damaged(.png, reason.isEmpty ? "libpng gives no reason" : reason)
}
