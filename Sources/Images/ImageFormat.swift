/// The forms of image files that are read.
public enum ImageFormat: String, CustomStringConvertible, Sendable {
  /// JPEG: baseline or progressive; gray, YCbCr, RGB, CMYK or YCCK.
  case jpeg = "JPEG"
  /// PNG of every kind; of an animation the still image.
  case png = "PNG"

  /// The format that the first bytes tell; throws if they tell none.
  public init(of bytes: RawSpan) throws(ImageError) {
    guard bytes.byteCount > 0 else { throw .empty }
    if bytes.starts(with: ImageFormat.jpegStart) {
      self = .jpeg
    } else if bytes.starts(with: PNGChunks.signature) {
      self = .png
    } else {
      throw .unknownFormat
    }
  }

  /// Whether the name of the file at `path` has one of the formats' usual endings.
  public static func isUsual(nameOf path: String) -> Bool {
    let name = path.split(separator: "/").last ?? ""
    return name.contains(".") && (jpeg.fits(fileName: name) || png.fits(fileName: name))
  }

  /// Whether a file of this name may hold this format: its extension is one of the format's usual
  /// ones, or it has none.
  public func fits(fileName: some StringProtocol) -> Bool {
    guard let dot = fileName.lastIndex(of: ".") else { return true }
    let ending = fileName[fileName.index(after: dot)...].lowercased()
    return switch self {
    case .jpeg: ["jpg", "jpeg", "jpe", "jfif"].contains(ending)
    case .png: ending == "png"
    }
  }

  /// The format's usual name.
  public var description: String { rawValue }

  /// "Start of image", and the first byte of the next marker.
  private static let jpegStart: [UInt8] = [0xFF, 0xD8, 0xFF]
}
