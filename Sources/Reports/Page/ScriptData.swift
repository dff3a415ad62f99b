import FoundationEssentials

extension Markup {
  /// Values for the page's script, as JSON in an element that shows nothing.
  ///
  /// Characters that could end the element, or mean something in XML, are written as `\u003c`.
  init(data: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let bytes = (try? encoder.encode(data)) ?? Data("null".utf8)
    var json = ""
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "<": json += "\\u003c"
      case ">": json += "\\u003e"
      case "&": json += "\\u0026"
      case "\u{2028}": json += "\\u2028"
      case "\u{2029}": json += "\\u2029"
      case "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": json += "\\ufffd"
      default: json.unicodeScalars.append(scalar)
      }
    }
    self.init(trusted: "<script type=\"application/json\">\(json)</script>")
  }
}
