/// What the segments before the pixels of a JPEG tell that TurboJPEG does not.
internal struct JPEGMarkers {
  /// The orientation in its Exif data.
  private(set) var orientation = Orientation.upright
  /// Whether there is an "end of image" after the first "start of scan".
  private(set) var isEnded = false

  /// Looks at the segments up to the first scan.
  init(_ bytes: RawSpan) {
    var offset = 2
    var hasExif = false
    while offset + 4 <= bytes.byteCount, bytes.byte(offset) == 0xFF {
      let marker = bytes.byte(offset + 1)
      // Markers may be padded with 0xFF, and a few stand alone.
      if marker == 0xFF || marker == 0x01 || (0xD0...0xD8).contains(marker) {
        offset += marker == 0xFF ? 1 : 2
        continue
      }
      let end = offset + 2 + bytes.big16(offset + 2)
      if marker == JPEGMarkers.startOfScan || end > bytes.byteCount { break }
      if marker == JPEGMarkers.applicationData1, !hasExif,
        bytes.starts(with: JPEGMarkers.exifStart, at: offset + 4), end >= offset + 10
      {
        orientation = Orientation(exif: bytes.extracting(offset + 10..<end))
        hasExif = true
      }
      offset = end
    }
    isEnded = JPEGMarkers.hasEnd(bytes, after: offset)
  }

  /// Whether the marker "end of image" comes anywhere behind `offset`, sought from the end.
  private static func hasEnd(_ bytes: RawSpan, after offset: Int) -> Bool {
    var position = bytes.byteCount - 2
    while position >= offset {
      if bytes.byte(position) == 0xFF, bytes.byte(position + 1) == endOfImage { return true }
      position -= 1
    }
    return false
  }

  private static let startOfScan: UInt8 = 0xDA
  private static let endOfImage: UInt8 = 0xD9
  private static let applicationData1: UInt8 = 0xE1
  /// "Exif" and two zeros.
  private static let exifStart: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]
}
