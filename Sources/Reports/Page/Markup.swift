/// A piece of a page, in which everything that comes from outside is escaped.
///
/// Written as text: what stands in it is markup; a text put in with `\(…)` is shown as it is,
/// whatever characters it has, between tags as well as within quoted attributes.
struct Markup: ExpressibleByStringInterpolation, Sendable, Equatable {
  /// The page's text.
  private(set) var text: String

  init(stringLiteral value: String) { text = value }

  init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

  /// A text of the program's own, taken as it is.
  init(trusted text: String) { self.text = text }

  /// Pieces, one after the other.
  init(_ parts: some Sequence<Markup>) { text = parts.lazy.map(\.text).joined(separator: "\n") }

  /// Pieces, one after the other.
  static func + (one: Markup, other: Markup) -> Markup {
    Markup(trusted: one.text + "\n" + other.text)
  }

  /// Builds the text, escaping what is put in.
  struct Interpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: String) { text += literal }

    /// Puts in a piece as it is.
    mutating func appendInterpolation(_ piece: Markup) { text += piece.text }

    /// Puts in nothing where there is no piece.
    mutating func appendInterpolation(_ piece: Markup?) { text += piece?.text ?? "" }

    /// Puts in pieces, one after the other.
    mutating func appendInterpolation(_ pieces: [Markup]) { text += Markup(pieces).text }

    /// Puts in a number.
    mutating func appendInterpolation(_ number: Int) { text += "\(number)" }

    /// Puts in a text, escaped.
    mutating func appendInterpolation(_ outside: String) { text += Markup.escaped(outside) }

    /// Puts in a position or length, with few digits: a thousandth of a pixel is enough.
    mutating func appendInterpolation(_ length: Double) { text += Markup.short(length) }
  }

  /// A number with at most three digits after the point.
  static func short(_ number: Double) -> String {
    let rounded = (number * 1000).rounded() / 1000
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }

  /// The text with characters that mean something in markup replaced, and those that no page may
  /// have left out.
  private static func escaped(_ outside: String) -> String {
    var result = ""
    for scalar in outside.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
