internal import COpenSSL

/// A SHA-256 digest: 32 bytes, written as 64 hexadecimal digits.
public struct SHA256Digest: Hashable, Sendable, BitwiseCopyable {
  private var bytes: SIMD32<UInt8>

  /// The digest of `data`.
  public init(of data: RawSpan) {
    var hasher = SHA256Hasher()
    hasher.update(data)
    self = hasher.finish()
  }

  /// The digest of a text's UTF-8 bytes.
  public init(of text: String) {
    let utf8 = Array(text.utf8)
    self.init(of: unsafe utf8.span.bytes)
  }

  /// The digest written as 64 hexadecimal digits; nil for anything else.
  public init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    bytes = SIMD32()
    for index in 0..<32 {
      guard let high = hexValue(digits[2 * index]), let low = hexValue(digits[2 * index + 1])
      else { return nil }
      bytes[index] = high << 4 | low
    }
  }

  internal init(bytes: SIMD32<UInt8>) { self.bytes = bytes }

  /// The 64 hexadecimal digits, in lower case.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    let text = (0..<64).map { digits[Int(bytes[$0 / 2] >> ($0 % 2 == 0 ? 4 : 0) & 15)] }
    return String(decoding: text, as: UTF8.self)
  }
}

extension SHA256Digest: CustomStringConvertible {
  /// The 64 hexadecimal digits.
  public var description: String { hex }
}

extension SHA256Digest: Codable {
  /// Reads 64 hexadecimal digits; anything else is a decoding error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let digest = SHA256Digest(hex: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(text)\" is no SHA-256 digest of 64 hex digits")
    }
    self = digest
  }

  /// Writes 64 hexadecimal digits.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}

/// A SHA-256 digest in the making, of data that come piece by piece; allocates nothing.
public struct SHA256Hasher: ~Copyable {
  private var context = SHA256_CTX()

  /// A digest of nothing yet.
  public init() { begin() }

  /// Takes in the next bytes.
  public mutating func update(_ data: RawSpan) {
    let result = unsafe data.withUnsafeBytes {
      unsafe SHA256_Update(&context, $0.baseAddress, $0.count)
    }
    precondition(result == 1, "libcrypto failed to hash \(data.byteCount) bytes")
  }

  /// The digest of all bytes taken in; from here on it takes in the next piece of data.
  public mutating func take() -> SHA256Digest {
    var bytes = SIMD32<UInt8>()
    let result = unsafe withUnsafeMutableBytes(of: &bytes) {
      unsafe SHA256_Final($0.baseAddress?.assumingMemoryBound(to: UInt8.self), &context)
    }
    precondition(result == 1, "libcrypto failed to finish a digest")
    begin()
    return SHA256Digest(bytes: bytes)
  }

  /// The digest of all bytes taken in.
  public consuming func finish() -> SHA256Digest { take() }

  private mutating func begin() {
    precondition(unsafe SHA256_Init(&context) == 1, "libcrypto offers no SHA-256")
  }
}

/// The value of a hexadecimal digit, in either case.
private func hexValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}
