/// What becomes of a run whose data are damaged.
public enum DamagePolicy: String, CaseIterable, Codable, Hashable, Sendable {
  /// It stops, and the block is named.
  case stop
  /// It goes on without the damaged blocks: in training other samples stand in for theirs, chosen
  /// by seed, epoch and sample alone; evaluations leave them out.
  case skip
}
