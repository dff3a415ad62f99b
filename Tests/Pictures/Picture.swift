internal import CPNG
internal import CTurboJPEG
internal import Storage

/// A made-up picture with eight bits a channel, and its encoded forms.
public struct Picture {
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// 1 for gray, 2 with alpha, 3 for RGB, 4 with alpha (PNG) or CMYK (JPEG).
  public let channels: Int
  /// The pixels [H, W, C].
  public var pixels: [UInt8]

  /// Slopes with a little noise, so that no two places or turns of it are alike.
  public init(width: Int, height: Int, channels: Int = 3, seed: UInt64 = 1) {
    (self.width, self.height, self.channels) = (width, height, channels)
    let random = RandomStream(seed: seed, purpose: .synthesis)
    pixels = (0..<width * height * channels).map { index -> UInt8 in
      let (pixel, channel) = index.quotientAndRemainder(dividingBy: channels)
      let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
      let slopes: [Int] = [
        200 * x / width, 200 * y / height, 100 * (x + y) / (width + height), 150,
      ]
      return UInt8(slopes[channel] + random.integer(below: 40, at: index))
    }
  }

  /// A PNG of the pixels; `palette` for one of at most 256 colours.
  public func png(palette: Bool = false) -> [UInt8] {
    precondition(!palette || channels == 3)
    var control = png_image()
    control.version = png_uint_32(PNG_IMAGE_VERSION)
    control.width = png_uint_32(width)
    control.height = png_uint_32(height)
    if !palette {
      control.format =
        [
          0, PNG_FORMAT_FLAG_ALPHA, PNG_FORMAT_FLAG_COLOR,
          PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA,
        ][channels - 1]
      return written(&control, pixels, colours: nil)
    }
    let colours = Set(stride(from: 0, to: pixels.count, by: 3).map { Array(pixels[$0..<$0 + 3]) })
      .sorted { $0.lexicographicallyPrecedes($1) }
    let places = Dictionary(uniqueKeysWithValues: zip(colours, 0...))
    control.format = PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_COLORMAP
    control.colormap_entries = png_uint_32(colours.count)
    let indices = stride(from: 0, to: pixels.count, by: 3).map {
      UInt8(places[Array(pixels[$0..<$0 + 3])]!)
    }
    return written(&control, indices, colours: Array(colours.joined()))
  }

  private func written(
    _ control: inout png_image, _ pixels: [UInt8], colours: [UInt8]?
  ) -> [UInt8] {
    var size = 2 * pixels.count + 4096
    var file = [UInt8](repeating: 0, count: size)
    let status = png_image_write_to_memory(&control, &file, &size, 0, pixels, 0, colours)
    precondition(status != 0, "libpng cannot write the picture")
    return Array(file[..<size])
  }

  /// A JPEG of the pixels: gray, RGB or, for four channels, CMYK.
  public func jpeg(progressive: Bool = false, quality: Int = 95, subsampled: Bool = false)
    -> [UInt8]
  {
    let handle = tjInitCompress()
    defer { tjDestroy(handle) }
    let formats = [1: TJPF_GRAY, 3: TJPF_RGB, 4: TJPF_CMYK]
    let sampling = channels == 1 ? TJSAMP_GRAY : subsampled ? TJSAMP_420 : TJSAMP_444
    var file: UnsafeMutablePointer<UInt8>?
    var size: UInt = 0
    let status = tjCompress2(
      handle, pixels, Int32(width), 0, Int32(height), Int32(formats[channels]!.rawValue), &file,
      &size, Int32(sampling.rawValue), Int32(quality), progressive ? TJFLAG_PROGRESSIVE : 0)
    precondition(status == 0, "TurboJPEG cannot write the picture")
    defer { tjFree(file) }
    return Array(UnsafeBufferPointer(start: file, count: Int(size)))
  }
}

/// A JPEG with Exif data that tell an orientation, in either order of bytes.
public func withOrientation(
  _ orientation: UInt8, _ jpeg: [UInt8], littleEndian: Bool = false
) -> [UInt8] {
  let tiff: [UInt8] =
    littleEndian
    ? [
      73, 73, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0,
    ]
    : [
      77, 77, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
    ]
  let segment = [0x45, 0x78, 0x69, 0x66, 0, 0] + tiff
  return jpeg[..<2] + [0xFF, 0xE1, 0, UInt8(segment.count + 2)] + segment + jpeg[2...]
}
