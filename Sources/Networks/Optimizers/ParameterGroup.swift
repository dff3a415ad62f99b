import Storage

/// Tensors that are updated in their own way: the backbone under a new head, say.
public struct ParameterGroup: Hashable, Sendable {
  /// The first parts of the tensors' names: `layer1` means `layer1.0.conv1.weight`, but not
  /// `layer10.…`; an empty pattern means all tensors.
  public var pattern: String
  /// What the learning rate is multiplied with.
  public var rateFactor: Double
  /// The weight decay of those tensors that decay; the optimizer's if nil.
  public var weightDecay: Double?
  /// Whether the tensors, running statistics included, stay as they are.
  public var frozen: Bool

  /// The tensors whose names begin with `pattern`.
  public init(
    _ pattern: String, rateFactor: Double = 1, weightDecay: Double? = nil, frozen: Bool = false
  ) {
    self.pattern = pattern
    self.rateFactor = rateFactor
    self.weightDecay = weightDecay
    self.frozen = frozen
  }

  /// Whether the tensor called `name` belongs to the group.
  public func contains(_ name: String) -> Bool {
    pattern.isEmpty || name == pattern || name.hasPrefix(pattern + ".")
  }

  /// What is wrong with the group for a network with the given tensors, if anything.
  func fault(for names: [String]) -> String? {
    if !(rateFactor >= 0 && rateFactor.isFinite) {
      return "parameter group \(pattern): rate factor \(rateFactor) is negative or not finite"
    }
    if let weightDecay, !(weightDecay >= 0 && weightDecay.isFinite) {
      return "parameter group \(pattern): weight decay \(weightDecay) is negative or not finite"
    }
    if names.contains(where: contains) { return nil }
    let nearest = nearestName(to: pattern, among: prefixes(of: names))
    return "parameter group \(pattern): no tensor's name begins so"
      + (nearest.map { "; did you mean \($0)?" } ?? "")
  }

  /// All patterns that would match something.
  private func prefixes(of names: [String]) -> [String] {
    var prefixes: [String] = []
    for name in names {
      let parts = name.split(separator: ".")
      for length in 1...max(parts.count, 1) {
        prefixes.append(parts.prefix(length).joined(separator: "."))
      }
    }
    return prefixes
  }
}
