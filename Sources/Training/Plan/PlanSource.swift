import Networks
import Yams

/// The text of a plan, with what the command line changes and what the plan leaves out.
public struct PlanSource {
  private var tree: Node

  /// Reads the text of a plan; `name` stands in messages.
  public init(text: String, name: String) throws(PlanError) {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw PlanError("\(name) is no YAML: \(Self.firstLine(of: "\(error)"))")
    }
    guard let node, node.mapping != nil else {
      throw PlanError("\(name) is no plan: a plan is a mapping such as `network: lenet`")
    }
    tree = node
  }

  /// A plan without anything.
  public init() { tree = Node.mapping([:]) }

  /// Sets `key.path=value`, as `--set` gives it.
  public mutating func set(_ assignment: String) throws(PlanError) {
    guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
      throw PlanError("--set \(assignment): write --set key.path=value")
    }
    let path = assignment[..<equals].split(separator: ".").map(String.init)
    let text = String(assignment[assignment.index(after: equals)...])
    let value: Node?
    do {
      value = try Yams.compose(yaml: text)
    } catch {
      throw PlanError("--set \(assignment): the value is no YAML")
    }
    tree = Self.setting(path[...], in: tree, to: value ?? Node(""))
  }

  /// Whether the plan has a section of that name.
  func has(_ section: String) -> Bool { tree[section] != nil }

  /// Sets a key unless the plan has it.
  public mutating func setDefault(_ path: [String], _ value: String) throws(PlanError) {
    var node: Node? = tree
    for key in path { node = node?.mapping?[Node(key)] }
    if node == nil { try set(path.joined(separator: ".") + "=" + value) }
  }

  /// Decodes the plan, after filling in what the network's usual recipe says.
  public func plan() throws(PlanError) -> Plan {
    var complete = self
    try complete.fillIn()
    do {
      return try YAMLDecoder().decode(Plan.self, from: complete.tree)
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
      "batch", "optimizer", "schedule", "update", "loss", "evaluation", "checkpoint", "run",
    ]
    for section in sections where tree[section] == nil {
      tree = Self.setting([section], in: tree, to: .mapping([:]))
    }
    let name = tree["network"]?.string ?? tree["network"]?["name"]?.string ?? ""
    let usual = NetworkCatalogue.defaults(for: name)
    if tree["steps"] == nil { try setDefault(["epochs"], "\(usual.epochs)") }
    if (tree["optimizer"]?["name"]?.string ?? usual.optimizer) == usual.optimizer {
      try setDefault(["optimizer", "name"], usual.optimizer)
      if tree["optimizer"]?["lr"] == nil {
        try setDefault(["optimizer", "lr"], "\(usual.rate)")
        try setDefault(["batch", "reference"], "256")
      }
      try setDefault(["optimizer", "weight_decay"], "\(usual.weightDecay)")
    }
    if tree["schedule"]?["name"] == nil {
      try setDefault(["schedule", "name"], usual.schedule)
      // A run counted in steps may be shorter than the usual warm-up.
      if tree["steps"] == nil {
        try setDefault(["schedule", "warmup"], "\(usual.warmupEpochs) epochs")
      }
    }
  }

  private static func setting(_ path: ArraySlice<String>, in node: Node, to value: Node) -> Node {
    guard let key = path.first else { return value }
    var mapping = node.mapping ?? [:]
    let inner = mapping[Node(key)] ?? .mapping([:])
    mapping[Node(key)] = setting(path.dropFirst(), in: inner, to: value)
    return .mapping(mapping)
  }

  private static func firstLine(of text: String) -> String {
    text.split(separator: "\n").first.map(String.init) ?? text
  }
}
