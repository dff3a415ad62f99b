internal import Storage

/// An array in NumPy's form `.npy`: of a file, or unpacked from an archive.
internal struct NumPyArray {
  /// Where it is: the file, and the array's name in it.
  let place: String
  private let header: NumPyHeader
  /// The elements' bytes.
  let bytes: [UInt8]

  /// Reads the array of a file.
  init(file path: String) throws {
    let file = try MappedFile(path)
    place = path
    header = try NumPyHeader(file.bytes, place: path)
    bytes = unsafe [UInt8](file.unsafeBytes[header.start...])
  }

  /// Takes the bytes of a file that was unpacked.
  init(unpacked file: consuming [UInt8], place: String) throws {
    self.place = place
    header = try NumPyHeader(unsafe file.span.bytes, place: place)
    file.removeFirst(header.start)
    bytes = file
  }

  /// What the header says.
  func description(_ name: String) -> ArrayDescription {
    ArrayDescription(
      name: name, extents: header.extents,
      isBytes: header.element.kind == "u" && header.element.bytes == 1,
      isInteger: header.element.isInteger, type: header.descriptor)
  }

  /// The elements, which are whole numbers; those beyond Int come out negative.
  func integers() -> [Int] {
    let (size, isSigned) = (header.element.bytes, header.element.kind == "i")
    let unused = 64 - 8 * size
    return (0..<bytes.count / size).map { index in
      var bits: UInt64 = 0
      for place in 0..<size {
        let offset = header.element.isBigEndian ? place : size - 1 - place
        bits = bits << 8 | UInt64(bytes[index * size + offset])
      }
      return isSigned
        ? Int(Int64(bitPattern: bits << unused) >> unused) : Int(truncatingIfNeeded: bits)
    }
  }
}
