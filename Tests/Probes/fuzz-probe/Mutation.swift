/// Changes that damaged and hostile files have, each a pure function of its random numbers.
enum Mutation {
  /// Whole numbers that break what trusts them.
  private static let numbers: [UInt64] = [
    0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
    0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max, .max - 7,
  ]

  /// A mutant of one of the originals: some changes, most often few.
  static func mutant(
    of originals: [[UInt8]], isText: Bool, _ random: inout some RandomNumberGenerator
  ) -> [UInt8] {
    var bytes = originals.randomElement(using: &random) ?? []
    let changes = 1 << Int.random(in: 0...3, using: &random)
    for _ in 0..<changes where !bytes.isEmpty {
      if isText, Int.random(in: 0..<2, using: &random) == 0 {
        changeText(&bytes, &random)
      } else {
        change(&bytes, &random)
      }
    }
    return bytes
  }

  private static func change(_ bytes: inout [UInt8], _ random: inout some RandomNumberGenerator) {
    let place = Int.random(in: bytes.indices, using: &random)
    // Formats keep what matters at their beginnings.
    let early = Int.random(in: 0..<min(bytes.count, 1024), using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[early] = UInt8.random(in: 0...255, using: &random)
    case 2, 3: writeNumber(numbers.randomElement(using: &random)!, at: early, &bytes, &random)
    case 4: writeNumber(numbers.randomElement(using: &random)!, at: place, &bytes, &random)
    case 5:
      writeNumber(
        UInt64(bitPattern: Int64(bytes.count + Int.random(in: -9...9, using: &random))), at: early,
        &bytes, &random)
    case 6: bytes.removeLast(bytes.count - place)
    case 7: bytes.removeSubrange(place..<min(place + 1 + early, bytes.count))
    case 8: bytes.insert(contentsOf: bytes[early..<min(early + 64, bytes.count)], at: place)
    default:
      // An address in place of another: objects that hold themselves, or lie over one another.
      let length = min(8, bytes.count - early, bytes.count - place)
      for byte in 0..<length { bytes[early + byte] = bytes[place + byte] }
    }
  }

  /// Overwrites 1 to 8 bytes, in either order.
  private static func writeNumber(
    _ number: UInt64, at place: Int, _ bytes: inout [UInt8],
    _ random: inout some RandomNumberGenerator
  ) {
    let width = [1, 2, 4, 8].randomElement(using: &random)!
    let isBig = Bool.random(using: &random)
    for byte in 0..<min(width, bytes.count - place) {
      let shift = 8 * UInt64(isBig ? width - 1 - byte : byte)
      bytes[place + byte] = UInt8(truncatingIfNeeded: number >> shift)
    }
  }

  /// Words that text formats take badly.
  private static let words = [
    "-1", "0", "99999999999999999999", "1e999", "-1e-999", ".nan", ".inf", "null", "true", "[]",
    "{}", "\"\"", "''", "~", "!!binary a", "&a", "*a", "? ", ": ", "- ", "\u{0}", "\u{FEFF}", "../",
    "/etc/passwd", "1 epoch", "9223372036854775807", "-9223372036854775808", "1000000000 epochs",
  ]

  private static func changeText(
    _ bytes: inout [UInt8], _ random: inout some RandomNumberGenerator
  ) {
    let place = Int.random(in: bytes.indices, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1, 2: replaceWord(at: place, &bytes, &random)
    case 3: bytes.insert(contentsOf: words.randomElement(using: &random)!.utf8, at: place)
    case 4:
      let depth = 1 << Int.random(in: 4...14, using: &random)
      let bracket = ["[", "{", "{a: ", "- ", "(", "\"a\":["].randomElement(using: &random)!
      bytes.insert(contentsOf: String(repeating: bracket, count: depth).utf8, at: place)
    case 5: bytes.append(contentsOf: laughs(Int.random(in: 2...40, using: &random)))
    case 6:
      let end = bytes[place...].firstIndex(of: 10) ?? bytes.count
      bytes.insert(contentsOf: bytes[place..<end] + [10], at: place)
    default:
      let end = bytes[place...].firstIndex(of: 10) ?? bytes.count
      bytes.removeSubrange(place..<end)
    }
  }

  /// Puts a hostile word in the place of the word that is there.
  private static func replaceWord(
    at place: Int, _ bytes: inout [UInt8], _ random: inout some RandomNumberGenerator
  ) {
    func isWord(_ byte: UInt8) -> Bool {
      byte == 95 || (48...57).contains(byte) || (65...90).contains(byte)
        || (97...122).contains(byte)
    }
    let first = bytes[..<place].lastIndex { !isWord($0) }.map { $0 + 1 } ?? 0
    let last = bytes[place...].firstIndex { !isWord($0) } ?? bytes.count
    let word = words.randomElement(using: &random)!
    bytes.replaceSubrange(first..<max(first, last), with: Array(word.utf8))
  }

  /// Aliases of aliases: a short text that stands for a long one.
  private static func laughs(_ levels: Int) -> [UInt8] {
    var text = "\nl0: &l0 [x]\n"
    for level in 1...levels {
      let names = Array(repeating: "*l\(level - 1)", count: 9).joined(separator: ",")
      text += "l\(level): &l\(level) [\(names)]\n"
    }
    return Array((text + "groups: *l\(levels)\n").utf8)
  }
}
