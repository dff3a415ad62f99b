/// A plan line by line, each with the key that it is about.
///
/// It reads what the trainer writes: block style, two or more spaces a level. Whatever else stands
/// in the file is shown as it is.
struct PlanOutline {
  /// A line of the plan.
  struct Line: Equatable {
    /// The keys that lead to it, such as `optimizer.lr`; those of a list's lines have its number.
    let path: String
    /// The value; empty where more lines follow.
    let value: String
    /// The line as it stands in the file.
    let text: String
  }

  let lines: [Line]

  init(_ plan: String) {
    var open: [(indent: Int, key: String)] = []
    var counts: [String: Int] = [:]
    var lines: [Line] = []
    for text in plan.split(separator: "\n") {
      let indent = text.prefix { $0 == " " }.count
      var content = text.dropFirst(indent)
      let isItem = content.hasPrefix("- ")
      open.removeAll { $0.indent > indent || ($0.indent == indent && (!isItem || $0.key == "-")) }
      if isItem {
        // An item is told from its neighbours by its number.
        let list = open.map(\.key).joined(separator: ".")
        let number = counts[list, default: 0]
        counts[list] = number + 1
        open.append((indent, "\(number)"))
        content = content.dropFirst(2)
      }
      let (key, value) = Self.parts(of: content)
      if let key { open.append((indent + (isItem ? 2 : 0), String(key))) }
      let path = open.map(\.key).joined(separator: ".")
      lines.append(Line(path: path, value: String(value), text: String(text)))
    }
    self.lines = lines
  }

  /// The value of a key; nil where the plan does not have it.
  func value(of path: String) -> String? {
    lines.first { $0.path == path && !$0.value.isEmpty }?.value
  }

  /// Key and value of `key: value`, or the whole as a value.
  private static func parts(of content: Substring) -> (key: Substring?, value: Substring) {
    if content.hasSuffix(":") { return (content.dropLast(), "") }
    for index in content.indices where content[index...].hasPrefix(": ") {
      return (content[..<index], content[index...].dropFirst(2))
    }
    return (nil, content)
  }
}

/// The plans of all runs of a page, and where they differ.
struct PlanOutlines {
  private let outlines: [PlanOutline]

  init(_ plans: [String]) { outlines = plans.map(PlanOutline.init) }

  /// One run's plan; lines that another run does not have are marked.
  func markup(of number: Int) -> Markup {
    let outline = outlines[number]
    guard !outline.lines.isEmpty else { return "<p class=\"none\">The plan is not there.</p>" }
    let lines = outline.lines.map { line -> Markup in
      isShared(line) ? "\(line.text)" : "<mark>\(line.text)</mark>"
    }
    return "<pre class=\"plan\" tabindex=\"0\">\(lines)</pre>"
  }

  private func isShared(_ line: PlanOutline.Line) -> Bool {
    outlines.allSatisfy { outline in
      outline.lines.contains { $0.path == line.path && $0.value == line.value }
    }
  }
}
