/// How often steps have gone wrong, as far as the result depends on it.
///
/// All ranks count alike, and a checkpoint holds the counts: a resumed run decides as one that never
/// stopped.
struct Setbacks: Sendable, Equatable {
  /// Steps that changed nothing.
  var skipped = 0
  /// How often the run went back.
  var rollbacks = 0

  /// What a checkpoint holds; none where that is nothing.
  init(_ control: [String: Double]) {
    skipped = Int(control[Self.skippedName] ?? 0)
    rollbacks = min(DivergencePlan.mostEver, Int(control[Self.rollbacksName] ?? 0))
  }

  /// The counts as they lie in a checkpoint; empty unless the policy counts.
  func control(_ policy: DivergencePlan.Policy) -> [String: Double] {
    switch policy {
    case .stop: [:]
    case .skip: [Self.skippedName: Double(skipped)]
    case .rollback: [Self.rollbacksName: Double(rollbacks)]
    }
  }

  /// What the rate is multiplied with: `factor` for each time that the run went back.
  func rateFactor(_ factor: Double) -> Double {
    var product = 1.0
    for _ in 0..<rollbacks { product *= factor }
    return product
  }

  private static let skippedName = "skipped_steps"
  private static let rollbacksName = "rollbacks"
}
