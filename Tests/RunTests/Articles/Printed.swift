/// What a command printed, held against what an article says that it prints.
struct Printed {
  let lines: [String]

  init(_ text: String) {
    lines = text.split(separator: "\n").map(String.init)
  }

  /// The first line of `expected` that did not come in its turn; nil if all did.
  ///
  /// A line of `…` stands for any lines. A word with a digit stands for any other with a digit:
  /// figures and digests differ from machine to machine. A number alone on its line is meant exactly.
  func firstMissing(of expected: [String]) -> String? {
    var rest = lines[...]
    var mayJump = false
    for line in expected {
      if line == "…" {
        mayJump = true
        continue
      }
      guard let place = rest.firstIndex(where: { Self.agree($0, line) }),
        mayJump || place == rest.startIndex
      else { return line }
      rest = rest[(place + 1)...]
      mayJump = false
    }
    return nil
  }

  private static func agree(_ line: String, _ expected: String) -> Bool {
    if Int(expected) != nil { return line == expected }
    let words = line.split(separator: " ")
    let others = expected.split(separator: " ")
    return words.count == others.count
      && zip(words, others).allSatisfy { word, other in
        word == other || word.contains(where: \.isNumber) && other.contains(where: \.isNumber)
      }
  }
}
