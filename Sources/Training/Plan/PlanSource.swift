import Networks
import Yams

/// The text of a plan, with what the command line changes and what the plan leaves out.
public struct PlanSource {
  private var tree: Node
  private var origins = PlanOrigins()

  /// Reads the text of a plan; `name` stands in messages.
  public init(text: String, name: String) throws(PlanError) {
    guard let node = try Self.node(of: text, name: name), node.mapping != nil else {
      throw PlanError("\(name) is no plan: a plan is a mapping such as `network: lenet`")
    }
    tree = node
    origins.note(.file(name), node, at: [])
  }

  /// A plan without anything.
  public init() { tree = Node.mapping([:]) }

  /// Sets `key.path=value`, as `--set` gives it.
  public mutating func set(_ assignment: String) throws(PlanError) {
    try set(assignment, from: .option("--set"))
  }

  private mutating func set(
    _ assignment: String, from origin: PlanOrigins.Origin
  ) throws(PlanError) {
    let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !path.contains("") else {
      throw PlanError("--set \(assignment): write --set key.path=value")
    }
    let value = try Self.node(of: String(parts[1]), name: "--set \(assignment): the value")
    try set(path, to: value ?? Node(""), from: origin)
  }

  /// Sets a key to a text, whatever it would mean as YAML.
  mutating func set(
    _ path: [String], text: String, from origin: PlanOrigins.Origin
  ) throws(PlanError) {
    try set(path, to: Node(text, Tag(.str), .doubleQuoted), from: origin)
  }

  private mutating func set(
    _ path: [String], to value: Node, from origin: PlanOrigins.Origin
  ) throws(PlanError) {
    tree = try Self.setting(path, in: tree, to: value)
    origins.note(origin, value, at: path)
  }

  /// Whether the plan has a section of that name.
  func has(_ section: String) -> Bool { tree[section] != nil }

  /// Sets a key unless the plan has it.
  mutating func setDefault(
    _ path: [String], _ value: String, from origin: PlanOrigins.Origin = .standard
  ) throws(PlanError) {
    var node: Node? = tree
    for key in path { node = node?.mapping?[Node(key)] }
    if node == nil { try set(path.joined(separator: ".") + "=" + value, from: origin) }
  }

  /// Decodes the plan, after filling in what the network's usual recipe says.
  public func plan() throws(PlanError) -> Plan { try resolved().plan }

  /// The plan, and where its values come from.
  func resolved() throws(PlanError) -> (plan: Plan, origins: PlanOrigins) {
    var complete = self
    try complete.fillIn()
    try Self.requireFinite(complete.tree, at: [])
    do {
      return (try YAMLDecoder().decode(Plan.self, from: complete.tree), complete.origins)
    } catch let error as PlanError {
      throw error
    } catch let error as DecodingError {
      throw PlanError(error)
    } catch {
      throw PlanError("plan: \(Self.firstLine(of: "\(error)"))")
    }
  }

  /// Every section exists; where the network has a usual recipe, it says what is left out.
  private mutating func fillIn() throws(PlanError) {
    let sections = [
      "batch", "optimizer", "schedule", "update", "loss", "divergence", "evaluation", "checkpoint",
      "run",
    ]
    for section in sections where tree[section] == nil {
      try set([section], to: .mapping([:]), from: .standard)
    }
    for section in Self.shortForms.keys.sorted() {
      guard let node = tree[section] else { continue }
      tree = try Self.setting(
        [section], in: tree, to: .mapping(try Self.keys(of: node, at: [section])))
    }
    let name = tree["network"]?["name"]?.string ?? ""
    let usual = NetworkCatalogue.defaults(for: name)
    let origin = PlanOrigins.Origin.usual(network: name)
    if tree["steps"] == nil { try setDefault(["epochs"], "\(usual.epochs)", from: origin) }
    if (tree["optimizer"]?["name"]?.string ?? usual.optimizer) == usual.optimizer {
      try setDefault(["optimizer", "name"], usual.optimizer, from: origin)
      if tree["optimizer"]?["lr"] == nil {
        try setDefault(["optimizer", "lr"], "\(usual.rate)", from: origin)
        try setDefault(["batch", "reference"], "256", from: origin)
      }
      try setDefault(["optimizer", "weight_decay"], "\(usual.weightDecay)", from: origin)
    }
    if tree["schedule"]?["name"] == nil {
      try setDefault(["schedule", "name"], usual.schedule, from: origin)
      // A run may be shorter than the usual one, and even than its warm-up.
      if tree["steps"] == nil {
        let epochs = tree["epochs"]?.float ?? Double(usual.epochs)
        let warmup = min(usual.warmupEpochs, max(0, epochs / 10))
        try setDefault(["schedule", "warmup"], "\(warmup) epochs", from: origin)
      }
    }
  }

  /// The tree below `path[..<depth]`, with `value` at the end of the path.
  private static func setting(
    _ path: [String], from depth: Int = 0, in node: Node, to value: Node
  ) throws(PlanError) -> Node {
    guard depth < path.count else { return value }
    var mapping = try keys(of: node, at: path[..<depth])
    let inner = mapping[Node(path[depth])] ?? .mapping([:])
    mapping[Node(path[depth])] = try setting(path, from: depth + 1, in: inner, to: value)
    return .mapping(mapping)
  }

  /// Sections that a plan may give by one word, and the key that the word stands for.
  static let shortForms = [
    "network": "name", "data": "folder", "optimizer": "name", "schedule": "name", "loss": "name",
    "divergence": "policy",
  ]

  /// What a section says: its keys, or the one that a word stands for; nothing for an empty one.
  private static func keys(
    of node: Node, at path: ArraySlice<String>
  ) throws(PlanError) -> Node.Mapping {
    if let mapping = node.mapping { return mapping }
    if let word = node.scalar?.string {
      if word.isEmpty { return [:] }
      if path.count == 1, let key = path.first.flatMap({ shortForms[$0] }) {
        return Node.Mapping([(Node(key), node)])
      }
    }
    throw PlanError("plan: \(path.joined(separator: ".")): is not a mapping of keys to values")
  }

  /// Refuses what is written as a number and is none: a recipe cannot hold it.
  private static func requireFinite(_ node: Node, at path: [String]) throws(PlanError) {
    switch node {
    case .scalar(let scalar):
      if node.tag == Tag(.float), let number = node.float, !number.isFinite {
        throw PlanError(
          "plan: \(path.joined(separator: ".")): is \(scalar.string), must be a finite number")
      }
    case .mapping(let mapping):
      for (key, value) in mapping { try requireFinite(value, at: path + [key.string ?? "?"]) }
    case .sequence(let sequence):
      for value in sequence { try requireFinite(value, at: path) }
    case .alias: break
    }
  }

  /// What a text of YAML says; nil for nothing.
  private static func node(of text: String, name: String) throws(PlanError) -> Node? {
    // Before Yams compares keys: those that are aliases of aliases would keep it busy for ever.
    guard aliases(in: text) <= mostAliases else {
      throw PlanError("\(name) has more than \(mostAliases) aliases (*name); write them out")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw PlanError("\(name) is no YAML: \(firstLine(of: "\(error)"))")
    }
    var room = mostValues
    if let node, !fits(node, in: &room) {
      throw PlanError(
        "\(name) stands for more than \(mostValues) values; write it with fewer aliases")
    }
    return node
  }

  /// Aliases of aliases multiply: so many stand for at most 3¹⁰ times what is written.
  private static let mostAliases = 30

  /// How many words of a text look like aliases.
  private static func aliases(in text: String) -> Int {
    var count = 0
    var isStart = true
    for byte in text.utf8 {
      if isStart, byte == UInt8(ascii: "*") { count += 1 }
      isStart = " \t\r\n,:[{?-".utf8.contains(byte)
    }
    return count
  }

  /// More values than any plan has; a few lines of aliases of aliases stand for billions.
  private static let mostValues = 100_000

  /// Whether a node stands for no more values than there is room for, which it takes.
  private static func fits(_ node: Node, in room: inout Int) -> Bool {
    room -= 1
    guard room >= 0 else { return false }
    switch node {
    case .scalar, .alias: return true
    case .mapping(let mapping):
      for (key, value) in mapping where !fits(key, in: &room) || !fits(value, in: &room) {
        return false
      }
    case .sequence(let sequence):
      for value in sequence where !fits(value, in: &room) { return false }
    }
    return true
  }

  private static func firstLine(of text: String) -> String {
    text.split(separator: "\n").first.map(String.init) ?? text
  }
}
