/// Reads the one kind of Python expression that a NumPy header is: a dictionary of texts, truths and
/// tuples of whole numbers.
internal struct PythonLiteral {
  /// What a key of the dictionary stands for.
  enum Value: Equatable {
    case text(String)
    case truth(Bool)
    case numbers([Int])
  }

  private let characters: [UInt8]
  private var position = 0

  init(_ characters: [UInt8]) { self.characters = characters }

  /// The dictionary, followed by nothing but spaces; nil if it is anything else.
  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var values: [String: Value] = [:]
    while !take("}") {
      guard let key = text(), take(":"), let value = value(), values[key] == nil else { return nil }
      values[key] = value
      guard take(",") || next == UInt8(ascii: "}") else { return nil }
    }
    return next == nil ? values : nil
  }

  private mutating func value() -> Value? {
    if take("(") { return numbers().map(Value.numbers) }
    if take("True") { return .truth(true) }
    if take("False") { return .truth(false) }
    return text().map(Value.text)
  }

  /// What follows an opening parenthesis: numbers, each but perhaps the last with a comma.
  private mutating func numbers() -> [Int]? {
    var numbers: [Int] = []
    while !take(")") {
      guard let number = number() else { return nil }
      numbers.append(number)
      guard take(",") || next == UInt8(ascii: ")") else { return nil }
    }
    return numbers
  }

  private mutating func number() -> Int? {
    skipSpaces()
    let start = position
    while position < characters.count, (48...57).contains(characters[position]) { position += 1 }
    return Int(String(decoding: characters[start..<position], as: UTF8.self))
  }

  private mutating func text() -> String? {
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    let start = position + 1
    guard let end = characters[start...].firstIndex(of: quote) else { return nil }
    position = end + 1
    return String(decoding: characters[start..<end], as: UTF8.self)
  }

  /// The next character that is no space; nil at the end.
  private var next: UInt8? {
    mutating get {
      skipSpaces()
      return position < characters.count ? characters[position] : nil
    }
  }

  /// Goes beyond `word` if it comes next.
  private mutating func take(_ word: String) -> Bool {
    skipSpaces()
    guard characters[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func skipSpaces() {
    while position < characters.count, [0x20, 0x0A].contains(characters[position]) { position += 1 }
  }
}
