/// The chunks of a PNG file that make its pixels.
///
/// Everything else is left out before libpng sees it: gamma and colour profiles, which would change
/// values, transparency beside the pixels, and texts, which may be bombs of their own.
internal struct PNGChunks {
  /// What every PNG file begins with.
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// A PNG file of the critical chunks only.
  private(set) var critical: [UInt8] = []
  /// The orientation in its Exif data.
  private(set) var orientation = Orientation.upright

  /// Takes the memory for a file of so many bytes.
  mutating func reserve(_ bytes: Int) { critical.reserveCapacity(bytes) }

  /// Looks at all chunks of a file, in the memory of the one before; throws if the last one is not
  /// there.
  mutating func read(_ bytes: RawSpan) throws(ImageError) {
    critical.removeAll(keepingCapacity: true)
    critical.reserveCapacity(bytes.byteCount)
    critical += PNGChunks.signature
    orientation = .upright
    var offset = PNGChunks.signature.count
    while true {
      // Length, type, content and check sum.
      guard offset + 12 <= bytes.byteCount else { throw .cutShort(.png) }
      let end = offset + 12 + bytes.big32(offset)
      let type = bytes.big32(offset + 4)
      guard end <= bytes.byteCount else { throw .cutShort(.png) }
      // A capital first letter marks a chunk without which the image cannot be shown.
      if bytes.byte(offset + 4) & 0x20 == 0 {
        unsafe bytes.extracting(offset..<end).withUnsafeBytes {
          unsafe critical.append(contentsOf: $0)
        }
      }
      if type == PNGChunks.exif {
        orientation = Orientation(exif: bytes.extracting(offset + 8..<end - 4))
      }
      if type == PNGChunks.end { return }
      offset = end
    }
  }

  /// Whether it has 16 bits a channel, and comes in Adam7's seven passes.
  var isDeepAndInterlaced: Bool {
    critical.count > 28 && critical[24] == 16 && critical[28] == 1
  }

  /// "eXIf" and "IEND".
  private static let exif = 0x6558_4966
  private static let end = 0x4945_4E44
}
