import Yams

extension Recipe {
  /// A key on which two recipes differ.
  public struct Difference: Equatable, Sendable {
    /// The path of the key: `optimizer.lr`.
    public let key: String
    /// The value in the first recipe, or `nothing`.
    public let first: String
    /// The value in the second recipe, or `nothing`.
    public let second: String
  }

  /// The first key, in alphabetical order, on which two canonical forms differ; nil if none.
  ///
  /// A key that both have comes before one that only one has: it is more likely what was meant.
  public static func difference(between first: String, and second: String) -> Difference? {
    let a = leaves(of: first)
    let b = leaves(of: second)
    let keys = Set(a.keys).union(b.keys).filter { a[$0] != b[$0] }.sorted()
    guard let key = keys.first(where: { a[$0] != nil && b[$0] != nil }) ?? keys.first else {
      return nil
    }
    return Difference(key: key, first: a[key] ?? "nothing", second: b[key] ?? "nothing")
  }

  /// Every scalar of a canonical form by its path; JSON is YAML.
  private static func leaves(of text: String) -> [String: String] {
    var result: [String: String] = [:]
    func visit(_ node: Node, _ path: String) {
      let prefix = path.isEmpty ? "" : path + "."
      switch node {
      case .scalar(let scalar): result[path] = scalar.string
      case .mapping(let mapping):
        for (key, value) in mapping { visit(value, prefix + (key.string ?? "?")) }
      case .sequence(let sequence):
        for (index, value) in sequence.enumerated() { visit(value, prefix + "\(index)") }
      case .alias: break
      }
    }
    if let node = try? Yams.compose(yaml: text) { visit(node, "") }
    return result
  }
}
