/// What Swift source text imports.
enum ImportLines {
  private static let modifiers: Set<Substring> = [
    "public", "package", "internal", "fileprivate", "private",
  ]
  private static let kinds: Set<Substring> = [
    "struct", "class", "enum", "protocol", "typealias", "func", "var", "let",
  ]

  /// The modules that `source` imports, with or without attributes, access level and a member.
  static func modules(in source: String) -> Set<String> {
    Set(source.split(whereSeparator: \.isNewline).compactMap(module(importedBy:)))
  }

  private static func module(importedBy line: Substring) -> String? {
    var words = line.split(separator: " ").drop { $0.hasPrefix("@") || modifiers.contains($0) }
    guard words.popFirst() == "import" else { return nil }
    return words.drop(while: kinds.contains).first?.split(separator: ".").first.map(String.init)
  }

  /// The modules that the Swift files of the target `name` import.
  static func modules(of name: String) throws -> Set<String> {
    try Repository.files(under: "Sources/\(name)")
      .filter { $0.hasSuffix(".swift") }
      .reduce(into: []) { $0.formUnion(modules(in: try Repository.text(of: $1))) }
  }
}
