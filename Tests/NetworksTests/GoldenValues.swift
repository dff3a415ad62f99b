import Foundation

/// Numbers that the scripts in `Golden` make alike: see values.py.
enum GoldenValues {
  /// The hash of element `index` of the array called `name`.
  static func hash(_ name: String, _ index: Int) -> UInt32 {
    var x: UInt32 = 0x811C_9DC5
    for byte in name.utf8 { x = (x ^ UInt32(byte)) &* 0x0100_0193 }
    x = x &+ UInt32(truncatingIfNeeded: index) &* 0x9E37_79B9
    x ^= x >> 16
    x = x &* 0x85EB_CA6B
    x ^= x >> 13
    x = x &* 0xC2B2_AE35
    return x ^ x >> 16
  }

  /// `count` numbers in ±bound.
  static func uniform(_ name: String, _ count: Int, bound: Float = 1) -> [Float] {
    (0..<count).map { bound * (Float(hash(name, $0) >> 8) * 0x1p-23 - 1) }
  }

  /// Indices of about `most` of `count` elements, evenly spread.
  static func sample(_ count: Int, _ most: Int) -> [Int] {
    Array(stride(from: 0, to: count, by: max(1, count / most)))
  }

  /// The bytes of a file in `Golden`.
  static func bytes(_ file: String) throws -> Data {
    try Data(contentsOf: Bundle.module.bundleURL.appending(path: "Golden/\(file)"))
  }

  /// The contents of a JSON file in `Golden`.
  static func decode<T: Decodable>(_ type: T.Type, from file: String) throws -> T {
    try JSONDecoder().decode(type, from: bytes(file))
  }
}
