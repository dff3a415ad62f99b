import Yams

/// Where the values of a plan come from, by the path of their keys.
struct PlanOrigins: Sendable {
  /// Where a value comes from.
  enum Origin: Sendable, CustomStringConvertible {
    /// The plan's file.
    case file(String)
    /// An option of the command line.
    case option(String)
    /// How the network is usually trained.
    case usual(network: String)
    /// What holds where nothing else is said.
    case standard

    var description: String {
      switch self {
      case .file(let name): name
      case .option(let name): name
      case .usual(let network): network.isEmpty ? "usual" : "usual for \(network)"
      case .standard: "default"
      }
    }
  }

  private var origins: [[String]: Origin] = [:]

  /// Takes note that all of `node`, at `path`, comes from `origin`; what was there before is gone.
  mutating func note(_ origin: Origin, _ node: Node, at path: [String]) {
    origins = origins.filter { !$0.key.starts(with: path) }
    Self.visit(node, at: path) { path, _ in origins[path] = origin }
  }

  /// Where the value at `path` comes from.
  subscript(path: [String]) -> Origin { origins[path] ?? .standard }

  /// One row a value of a resolved plan: its key, the value, where it comes from.
  func table(of plan: Plan) throws -> [(key: String, value: String, origin: String)] {
    var rows: [(key: String, value: String, origin: String)] = []
    guard let node = try Yams.compose(yaml: plan.yaml()) else { return rows }
    Self.visit(node, at: []) { path, value in
      rows.append((path.joined(separator: "."), Self.text(of: value), "\(self[path])"))
    }
    return rows
  }

  /// Calls `body` with each value that is no mapping; a word for a section stands for its key.
  private static func visit(_ node: Node, at path: [String], _ body: ([String], Node) -> Void) {
    if let mapping = node.mapping {
      for (key, value) in mapping { visit(value, at: path + [key.string ?? "?"], body) }
    } else if path.count == 1, let key = PlanSource.shortForms[path[0]] {
      body(path + [key], node)
    } else {
      body(path, node)
    }
  }

  private static func text(of node: Node) -> String {
    guard let sequence = node.sequence else { return node.scalar?.string ?? "" }
    let words = sequence.compactMap { $0.scalar?.string }
    if words.count == sequence.count { return "[" + words.joined(separator: ", ") + "]" }
    return "(\(counted(sequence.count, "entry", "entries")))"
  }
}
