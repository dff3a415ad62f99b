extension RawSpan {
  /// The whole number of 1 to 8 bytes at `offset`, the lowest first; nil beyond the end, or where it
  /// is beyond Int.
  public func littleEndian(_ bytes: Int, at offset: Int) -> Int? {
    guard offset >= 0, bytes <= byteCount, offset <= byteCount - bytes else { return nil }
    var value: UInt64 = 0
    for index in (0..<bytes).reversed() {
      let byte = unsafe unsafeLoad(fromByteOffset: offset + index, as: UInt8.self)
      value = value << 8 | UInt64(byte)
    }
    return Int(exactly: value)
  }
}
