/// The central directory at the end of a zip archive.
internal struct ZipDirectory {
  private(set) var entries: [ZipArchive.Entry] = []
  private let path: String

  /// Reads the directory of the archive in `bytes`.
  init(_ bytes: RawSpan, path: String) throws(ZipError) {
    self.path = path
    var (offset, count) = try ZipDirectory.place(bytes, path)
    var packed = 0.0
    while count > 0 {
      offset = try readEntry(bytes, at: offset)
      count -= 1
      packed += Double(entries[entries.count - 1].packedBytes)
      // Entries that share their bytes let a small file unpack without bound (Fifield, "A better zip
      // bomb", 2019).
      guard packed <= Double(bytes.byteCount) else {
        throw ZipError(path: path, reason: "its entries lie over one another, as in a zip bomb")
      }
    }
  }

  /// Where the directory begins, and how many entries it has.
  private static func place(_ bytes: RawSpan, _ path: String) throws(ZipError) -> (Int, Int) {
    // The end record has 22 bytes and a comment of at most 65535 behind it.
    let last = bytes.byteCount - 22
    var end = last
    while end >= max(last - 65_535, 0), bytes.littleEndian(4, at: end) != 0x0605_4B50 { end -= 1 }
    guard end >= max(last - 65_535, 0), var count = bytes.littleEndian(2, at: end + 10),
      var offset = bytes.littleEndian(4, at: end + 16)
    else { throw ZipError(path: path, reason: "it is no zip archive, or cut short") }
    if count == 0xFFFF || offset == 0xFFFF_FFFF {
      // More than fits: a locator before it tells where the larger end record is.
      guard bytes.littleEndian(4, at: end - 20) == 0x0706_4B50,
        let large = bytes.littleEndian(8, at: end - 12),
        bytes.littleEndian(4, at: large) == 0x0606_4B50,
        let largeCount = bytes.littleEndian(8, at: large + 32),
        let largeOffset = bytes.littleEndian(8, at: large + 48)
      else { throw ZipError(path: path, reason: "its end record is damaged") }
      (count, offset) = (largeCount, largeOffset)
    }
    return (offset, count)
  }

  /// Reads one entry; returns where the next one begins.
  private mutating func readEntry(_ bytes: RawSpan, at offset: Int) throws(ZipError) -> Int {
    guard bytes.littleEndian(4, at: offset) == 0x0201_4B50,
      let flags = bytes.littleEndian(2, at: offset + 8),
      let method = bytes.littleEndian(2, at: offset + 10),
      let checkSum = bytes.littleEndian(4, at: offset + 16),
      let packed = bytes.littleEndian(4, at: offset + 20),
      let size = bytes.littleEndian(4, at: offset + 24),
      let nameLength = bytes.littleEndian(2, at: offset + 28),
      let extraLength = bytes.littleEndian(2, at: offset + 30),
      let commentLength = bytes.littleEndian(2, at: offset + 32),
      let place = bytes.littleEndian(4, at: offset + 42),
      offset + 46 + nameLength + extraLength + commentLength <= bytes.byteCount
    else { throw ZipError(path: path, reason: "its directory is damaged") }
    let nameBytes = bytes.extracting(offset + 46..<offset + 46 + nameLength)
    let name = unsafe nameBytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    guard flags & 1 == 0, method == 0 || method == 8 else {
      throw ZipError(
        path: path, reason: "its entry \(name) is encrypted, or packed by method \(method)")
    }
    let extraStart = offset + 46 + nameLength
    let (large, largePacked, largePlace) = try largeValues(
      bytes.extracting(extraStart..<extraStart + extraLength), size, packed, place)
    guard method == 8 || large == largePacked else {
      throw ZipError(path: path, reason: "the sizes of its entry \(name) contradict each other")
    }
    entries.append(
      ZipArchive.Entry(
        name: name, bytes: large, isDeflated: method == 8, packedBytes: largePacked,
        checkSum: UInt32(checkSum), offset: largePlace))
    return extraStart + extraLength + commentLength
  }

  /// Size, packed size and place, those that fit no 32 bits from the extra field of kind 1.
  private func largeValues(
    _ extra: RawSpan, _ size: Int, _ packed: Int, _ place: Int
  ) throws(ZipError) -> (Int, Int, Int) {
    var values = [size, packed, place]
    guard values.contains(0xFFFF_FFFF) else { return (size, packed, place) }
    var offset = 0
    while let kind = extra.littleEndian(2, at: offset),
      let length = extra.littleEndian(2, at: offset + 2)
    {
      if kind == 1 {
        var field = offset + 4
        for index in values.indices where values[index] == 0xFFFF_FFFF {
          guard field + 8 <= offset + 4 + length, let value = extra.littleEndian(8, at: field)
          else {
            break
          }
          values[index] = value
          field += 8
        }
        return (values[0], values[1], values[2])
      }
      offset += 4 + length
    }
    throw ZipError(path: path, reason: "its directory is damaged")
  }
}
