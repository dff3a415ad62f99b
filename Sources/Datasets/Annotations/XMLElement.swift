/// An element of an XML file: its name, its text, and the elements in it.
///
/// Foundation's XML reader would bring libxml2 into programs that stand alone; annotations need
/// elements and text only. Attributes are skipped; files that define entities of their own are
/// refused.
internal struct XMLElement {
  private(set) var name: String
  /// The text outside of inner elements, without spaces around it.
  private(set) var text = ""
  private(set) var children: [XMLElement] = []

  /// Deeper files are refused.
  private static let deepest = 32

  /// Reads the file's one outermost element; nil if it is not well formed.
  init?(file: [UInt8]) {
    var scanner = Scanner(file)
    guard scanner.skipToElement(), let element = XMLElement(&scanner, depth: 0) else { return nil }
    self = element
  }

  /// Reads an element whose "<" was taken.
  private init?(_ scanner: inout Scanner, depth: Int) {
    guard depth < XMLElement.deepest, let tag = scanner.take(upTo: UInt8(ascii: ">")) else {
      return nil
    }
    let isClosed = tag.last == UInt8(ascii: "/")
    let letters = tag.prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") }
    guard let first = letters.first, first != UInt8(ascii: "!") else { return nil }
    name = String(decoding: letters, as: UTF8.self)
    var characters: [UInt8] = []
    while !isClosed {
      guard let text = scanner.take(upTo: UInt8(ascii: "<")) else { return nil }
      characters += text
      if scanner.skip("!--") {
        guard scanner.skipBeyond("-->") else { return nil }
      } else if scanner.skip("/") {
        guard let end = scanner.take(upTo: UInt8(ascii: ">")),
          end.prefix(while: { $0 > 0x20 }).elementsEqual(letters)
        else { return nil }
        break
      } else {
        guard let child = XMLElement(&scanner, depth: depth + 1) else { return nil }
        children.append(child)
      }
    }
    guard let text = XMLElement.decoded(characters) else { return nil }
    self.text = text
  }

  /// The first inner element of that name.
  func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

  /// Characters with their entities replaced; nil for one that XML does not define itself.
  private static func decoded(_ characters: [UInt8]) -> String? {
    var text = String(decoding: characters, as: UTF8.self)
    text = String(
      text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    guard text.contains("&") else { return text }
    for (entity, character) in [("lt", "<"), ("gt", ">"), ("quot", "\""), ("apos", "'")] {
      text = text.replacing("&\(entity);", with: character)
    }
    let parts = text.split(separator: "&", omittingEmptySubsequences: false)
    guard parts.dropFirst().allSatisfy({ $0.hasPrefix("amp;") }) else { return nil }
    return text.replacing("&amp;", with: "&")
  }
}

/// A place in the bytes of a file.
private struct Scanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Goes beyond `word` if it comes next.
  mutating func skip(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  /// Goes beyond the next occurrence of `word`; false if there is none.
  mutating func skipBeyond(_ word: String) -> Bool {
    while position < bytes.count {
      if skip(word) { return true }
      position += 1
    }
    return false
  }

  /// The bytes before the next `byte`, which is passed; nil if there is none.
  mutating func take(upTo byte: UInt8) -> ArraySlice<UInt8>? {
    guard let end = bytes[position...].firstIndex(of: byte) else { return nil }
    defer { position = end + 1 }
    return bytes[position..<end]
  }

  /// Goes beyond the "<" of the first element, past declaration and comments.
  mutating func skipToElement() -> Bool {
    while take(upTo: UInt8(ascii: "<")) != nil {
      if skip("?") {
        guard skipBeyond("?>") else { return false }
      } else if skip("!--") {
        guard skipBeyond("-->") else { return false }
      } else {
        return true
      }
    }
    return false
  }
}
