/// What a rank is doing at a moment of its run.
public enum Phase: UInt8, Sendable, CaseIterable {
  /// Everything before the first step.
  case preparing
  /// Waiting for samples, or reading and normalizing them.
  case reading
  /// The forward pass of a micro-batch, and its loss.
  case forward
  /// The backward pass of a micro-batch, and what is merged between its layers.
  case backward
  /// Merging what is left of its gradients, or finishing the tree on its slice.
  case reducing
  /// Waiting for the gradients, or the numbers, of other ranks.
  case waiting
  /// The optimizer on its slice.
  case updating
  /// Making its slice known, and waiting for those of other ranks.
  case publishing
  /// Writing lines of progress.
  case logging
  /// Judging the model on samples that it does not learn from.
  case evaluating
  /// Collecting a checkpoint and handing it over.
  case saving
  /// Everything after the last step.
  case finishing

  /// Whether a rank in this phase can only go on when others have come as far.
  public var waitsForOthers: Bool { self == .waiting || self == .publishing }
}

extension Phase {
  /// Its name in a trace and in `metrics.jsonl`.
  public var name: String {
    switch self {
    case .preparing: "preparing"
    case .reading: "reading"
    case .forward: "forward"
    case .backward: "backward"
    case .reducing: "reducing"
    case .waiting: "waiting"
    case .updating: "updating"
    case .publishing: "publishing"
    case .logging: "logging"
    case .evaluating: "evaluating"
    case .saving: "saving"
    case .finishing: "finishing"
    }
  }
}

extension Phase: CustomStringConvertible {
  /// What a rank in this phase is doing, in words that follow "is".
  public var description: String {
    switch self {
    case .preparing: "preparing"
    case .reading: "reading samples"
    case .forward: "in a forward pass"
    case .backward: "in a backward pass"
    case .reducing: "reducing gradients"
    case .waiting: "waiting for other ranks"
    case .updating: "updating parameters"
    case .publishing: "publishing parameters"
    case .logging: "writing its log"
    case .evaluating: "evaluating"
    case .saving: "saving"
    case .finishing: "finishing"
    }
  }
}
