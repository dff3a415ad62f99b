// Whole numbers in files; every access is checked against the span's end.
extension RawSpan {
  /// The byte at `offset`.
  internal func byte(_ offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The big-endian 16-bit number at `offset`.
  internal func big16(_ offset: Int) -> Int {
    Int(UInt16(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }

  /// The big-endian 32-bit number at `offset`.
  internal func big32(_ offset: Int) -> Int {
    Int(UInt32(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  /// Whether `bytes` stand at `offset`.
  internal func starts(with bytes: [UInt8], at offset: Int = 0) -> Bool {
    offset + bytes.count <= byteCount
      && bytes.indices.allSatisfy { byte(offset + $0) == bytes[$0] }
  }
}
