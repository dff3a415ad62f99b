#if canImport(Glibc)
  import Glibc
#endif

/// A line of a terminal that is written over again and again, in memory allocated once.
public struct StatusText: ~Copyable, Sendable {
  /// Bytes that a line may have; what would be beyond is left out.
  private static let capacity = 1024
  /// The start of the line, which is emptied.
  private static let beginning: StaticString = "\r\u{1B}[K"

  private var bytes: [UInt8] = []
  /// The columns that the text takes.
  public private(set) var columns = 0

  /// An empty line.
  public init() { bytes.reserveCapacity(Self.capacity) }

  /// Empties the line.
  public mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    append(Self.beginning)
    columns = 0
  }

  /// Adds a text, in which each character takes one column.
  public mutating func append(_ text: StaticString) {
    guard bytes.count + text.utf8CodeUnitCount <= Self.capacity else { return }
    text.withUTF8Buffer { characters in
      for index in characters.indices {
        let byte = unsafe characters[index]
        bytes.append(byte)
        // The bytes of a character after its first begin with the bits 10.
        if byte & 0xC0 != 0x80 { columns += 1 }
      }
    }
  }

  /// Adds a whole number, of at least so many digits.
  public mutating func append(_ number: Int, digits: Int = 1) {
    if number < 0 { append("-") }
    var place = 1
    var size = number.magnitude
    var length = 1
    while size >= 10 || length < digits {
      size /= 10
      place *= 10
      length += 1
    }
    guard bytes.count + length <= Self.capacity else { return }
    while place > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number.magnitude / UInt(place) % 10))
      place /= 10
    }
    columns += length
  }

  /// Adds a number with so many digits after the point; one that is too large or not finite as `–`.
  public mutating func append(_ value: Double, decimals: Int) {
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * Double(scale)).rounded()
    guard scaled < 0x1p53 else { return append("–") }
    if value < 0 { append("-") }
    append(Int(scaled) / scale)
    if decimals == 0 { return }
    append(".")
    append(Int(scaled) % scale, digits: decimals)
  }

  /// The bytes, with the control sequence that empties the line before.
  public var contents: [UInt8] { bytes }

  /// Writes the line in one call.
  func write(to descriptor: Int32) {
    _ = unsafe bytes.withUnsafeBufferPointer {
      unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
  }
}
