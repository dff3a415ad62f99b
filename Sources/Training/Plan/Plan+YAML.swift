import Yams

extension Plan {
  /// The plan as YAML, with everything filled in.
  public func yaml() throws(PlanError) -> String {
    do {
      let text = try YAMLEncoder().encode(self)
      guard let node = try Yams.compose(yaml: text) else { return text }
      return try Yams.serialize(node: Self.withPlainNumbers(node))
    } catch {
      throw PlanError("plan: cannot be written: \(error)")
    }
  }

  /// Numbers as people write them: the encoder says 2e-1 for 0.2.
  private static func withPlainNumbers(_ node: Node) -> Node {
    switch node {
    case .scalar(let scalar):
      guard scalar.style == .plain, let number = Double(scalar.string),
        scalar.string.contains("e")
      else { return node }
      return Node("\(number)", node.tag)
    case .mapping(let mapping):
      let pairs = mapping.map { ($0.key, withPlainNumbers($0.value)) }
      return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style))
    case .sequence(let sequence):
      return .sequence(
        Node.Sequence(sequence.map(withPlainNumbers), sequence.tag, sequence.style))
    case .alias: return node
    }
  }
}
