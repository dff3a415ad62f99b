/// An image in memory: RGB, eight bits a channel.
public struct Image: Equatable, Sendable {
  /// The number of channels: red, green and blue.
  public static let channels = 3
  /// The most pixels that an image may have unless told otherwise: beyond it PIL, too, warns of a
  /// decompression bomb.
  public static let usualPixelLimit = 89_478_485

  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// The pixels [H, W, 3].
  public internal(set) var pixels: [UInt8]

  /// The image of the given pixels [H, W, 3].
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && pixels.count == 3 * width * height,
      "\(pixels.count) bytes for an image of \(width)×\(height)")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Decodes the bytes of a JPEG or PNG file, whichever they are by their content.
  ///
  /// What is not RGB becomes so as with PIL's `convert("RGB")`: gray and palette are expanded,
  /// alpha is dropped (not composited), 16 bits become 8, CMYK is multiplied out. Gamma and colour
  /// profiles are ignored. The orientation that Exif data ask for is applied.
  public init(
    decoding bytes: RawSpan, pixelLimit: Int = Image.usualPixelLimit
  ) throws(ImageError) {
    let decoder = ImageDecoder(pixelLimit: pixelLimit)
    try decoder.decode(bytes)
    self.init(width: decoder.width, height: decoder.height, pixels: decoder.takePixels())
  }

  /// Decodes the bytes of an image file into a square of `side` pixels, as
  /// `ImageDecoder.cover(width:height:into:)` does.
  public init(
    decoding bytes: RawSpan, square side: Int, pixelLimit: Int = Image.usualPixelLimit
  ) throws(ImageError) {
    let decoder = ImageDecoder(pixelLimit: pixelLimit)
    try decoder.decode(bytes, covering: (side, side))
    var pixels = [UInt8](repeating: 0, count: 3 * side * side)
    var target = pixels.mutableSpan
    decoder.cover(width: side, height: side, into: &target)
    self.init(width: side, height: side, pixels: pixels)
  }

  /// The luminance of every pixel [H, W], after ITU-R 601-2, as PIL's `convert("L")`.
  public var gray: [UInt8] {
    var gray = [UInt8](repeating: 0, count: width * height)
    var target = gray.mutableSpan
    luminance(of: pixels.span, into: &target)
    return gray
  }
}

/// Overwrites `gray` [H, W] with the luminance of `pixels` [H, W, 3], after ITU-R 601-2, as PIL's
/// `convert("L")`.
public func luminance(of pixels: Span<UInt8>, into gray: inout MutableSpan<UInt8>) {
  precondition(
    pixels.count == 3 * gray.count, "\(pixels.count) bytes for \(gray.count) pixels")
  for index in gray.indices {
    let red = 19595 * Int(pixels[3 * index])
    let green = 38470 * Int(pixels[3 * index + 1])
    let blue = 7471 * Int(pixels[3 * index + 2])
    gray[index] = UInt8((0x8000 + red + green + blue) >> 16)
  }
}
