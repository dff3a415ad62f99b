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
    self = try DecodedImage(bytes, shorterSide: nil, pixelLimit: pixelLimit).image
  }

  /// The luminance of every pixel [H, W], after ITU-R 601-2, as PIL's `convert("L")`.
  public var gray: [UInt8] {
    let weights = [19595, 38470, 7471]
    return stride(from: 0, to: pixels.count, by: 3).map { start in
      var sum = 0x8000
      for channel in 0..<3 { sum += Int(pixels[start + channel]) * weights[channel] }
      return UInt8(sum >> 16)
    }
  }
}

/// A decoded image, upright, and which part of its pixels' plane the whole picture covers.
///
/// A JPEG decoded at half its size has half a pixel too much where the size is odd.
internal struct DecodedImage {
  var image: Image
  /// Left, top, right and bottom edge of the picture, in pixels of `image`.
  var box: Box
  /// The size of the picture in its file, upright.
  var fullWidth: Int
  var fullHeight: Int

  /// Decodes; a JPEG may come out smaller, its shorter side being at least twice
  /// `shorterSide`.
  init(_ bytes: RawSpan, shorterSide: Int?, pixelLimit: Int) throws(ImageError) {
    let orientation: Orientation
    switch try ImageFormat(of: bytes) {
    case .jpeg:
      let markers = JPEGMarkers(bytes)
      self = try decodeJPEG(
        bytes, markers, shorterSide: shorterSide, pixelLimit: pixelLimit)
      orientation = markers.orientation
    case .png:
      let chunks = try PNGChunks(bytes)
      self.init(whole: try decodePNG(chunks, pixelLimit: pixelLimit))
      orientation = chunks.orientation
    }
    apply(orientation)
  }

  /// A picture of which every pixel is there.
  init(whole image: Image) {
    self.init(image, fullWidth: image.width, fullHeight: image.height, reduction: 1)
  }

  /// A picture that was made smaller by a factor.
  init(_ image: Image, fullWidth: Int, fullHeight: Int, reduction: Int) {
    self.image = image
    box = Box(
      right: Double(fullWidth) / Double(reduction), bottom: Double(fullHeight) / Double(reduction))
    self.fullWidth = fullWidth
    self.fullHeight = fullHeight
  }
}

/// A rectangle by its edges, in pixels.
internal struct Box: Equatable {
  var left = 0.0
  var top = 0.0
  var right: Double
  var bottom: Double
}
