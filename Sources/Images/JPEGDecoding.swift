internal import CTurboJPEG

/// Decodes a JPEG into `picture`, smaller by 2, 4 or 8 where at least twice the size `covered`, width
/// and height as stored, is left.
internal func decodeJPEG(
  _ bytes: RawSpan, _ markers: JPEGMarkers, covering covered: (width: Int, height: Int)?,
  pixelLimit: Int, into picture: inout DecodedImage
) throws(ImageError) {
  let decompressor = try Decompressor()
  let header = try decompressor.header(of: bytes, markers)
  guard header.width * header.height <= pixelLimit else {
    throw .tooLarge(width: header.width, height: header.height, limit: pixelLimit)
  }
  var reduction = 1
  if let covered {
    while reduction < 8, header.width >= 4 * reduction * covered.width,
      header.height >= 4 * reduction * covered.height
    { reduction *= 2 }
  }
  try decompressor.decode(bytes, markers, header, reduction: reduction, into: &picture)
}

/// What a JPEG's header says.
private struct JPEGHeader {
  var width: Int
  var height: Int
  /// Four channels, with or without a transformation.
  var isCMYK: Bool
}

/// An instance of TurboJPEG's decompressor.
@safe private struct Decompressor: ~Copyable {
  private let handle: tjhandle

  init() throws(ImageError) {
    guard let handle = unsafe tjInitDecompress() else {
      throw .damaged(.jpeg, "TurboJPEG has no memory")
    }
    unsafe self.handle = handle
  }

  deinit { unsafe tjDestroy(handle) }

  /// Reads the header, without pixels.
  func header(of bytes: RawSpan, _ markers: JPEGMarkers) throws(ImageError) -> JPEGHeader {
    var (width, height, sampling, colours): (Int32, Int32, Int32, Int32) = (0, 0, -1, -1)
    let status = unsafe bytes.withUnsafeBytes {
      unsafe tjDecompressHeader3(
        handle, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt($0.count), &width,
        &height, &sampling, &colours)
    }
    // An unusual subsampling has no name in TurboJPEG, but is decoded all the same.
    let isUnnamed = sampling < 0 && colours >= 0
    guard (status == 0 || isUnnamed) && width > 0 && height > 0 else {
      throw fault(markers)
    }
    return JPEGHeader(
      width: Int(width), height: Int(height),
      isCMYK: colours == Int32(TJCS_CMYK.rawValue) || colours == Int32(TJCS_YCCK.rawValue))
  }

  /// Decodes the pixels; sizes that `reduction` does not divide are rounded up.
  func decode(
    _ bytes: RawSpan, _ markers: JPEGMarkers, _ header: JPEGHeader, reduction: Int,
    into picture: inout DecodedImage
  ) throws(ImageError) {
    let width = (header.width + reduction - 1) / reduction
    let height = (header.height + reduction - 1) / reduction
    let channels = header.isCMYK ? 4 : 3
    let format = header.isCMYK ? TJPF_CMYK : TJPF_RGB
    // A damaged image leaves rows unwritten: nobody shall see what the memory held before.
    picture.pixels.clear(channels * width * height)
    let status = unsafe picture.pixels.withUnsafeMutableBufferPointer { buffer in
      unsafe bytes.withUnsafeBytes {
        unsafe tjDecompress2(
          handle, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt($0.count),
          buffer.baseAddress, Int32(width), 0, Int32(height), Int32(format.rawValue),
          TJFLAG_LIMITSCANS)
      }
    }
    if status != 0 && !isHarmless(markers) { throw fault(markers) }
    picture.setSize(
      width, height, fullWidth: header.width, fullHeight: header.height, reduction: reduction)
    if header.isCMYK { convertInvertedCMYK(&picture.pixels, count: width * height) }
  }

  /// Whether the last call only warned, of something that many files have and that loses nothing.
  private func isHarmless(_ markers: JPEGMarkers) -> Bool {
    guard unsafe tjGetErrorCode(handle) == Int32(TJERR_WARNING.rawValue), markers.isEnded else {
      return false
    }
    return ["extraneous bytes before marker", "Invalid SOS parameters", "Adobe color transform"]
      .contains(where: reason.contains)
  }

  /// The error that the last call's failure stands for.
  private func fault(_ markers: JPEGMarkers) -> ImageError {
    let reason = reason
    let ends = ["Premature end of JPEG file", "Premature end of input file"]
    let isCutShort = !markers.isEnded || ends.contains(where: reason.contains)
    return isCutShort ? .cutShort(.jpeg) : .damaged(.jpeg, reason)
  }

  /// The library's words for the last failure, in one line.
  private var reason: String {
    let text = unsafe tjGetErrorStr2(handle).map { unsafe String(cString: $0) }
    return (text ?? "TurboJPEG gives no reason").split(whereSeparator: \.isNewline)
      .joined(separator: " ")
  }
}

/// Multiplies out colours of print in place, `count` pixels of four channels, stored inverted as
/// Adobe's programs do: PIL takes all so.
private func convertInvertedCMYK(_ pixels: inout [UInt8], count: Int) {
  for pixel in 0..<count {
    let black = Int(pixels[4 * pixel + 3])
    for channel in 0..<3 {
      // (255 - ink) · black / 255, rounded.
      let product = (255 - Int(pixels[4 * pixel + channel])) * black + 128
      pixels[3 * pixel + channel] = UInt8(max(black - (product >> 8 + product) >> 8, 0))
    }
  }
}
