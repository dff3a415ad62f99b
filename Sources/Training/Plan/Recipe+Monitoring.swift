import Networks

extension Recipe {
  /// How evaluations decide about the rate or an early end: part of the recipe, because when they
  /// take place then changes the result.
  public struct Monitoring: Codable, Hashable, Sendable {
    /// After how many samples each is evaluated.
    public var every: Int
    /// The figure that decides.
    public var monitor: EvaluationPlan.Monitor
    /// After how many evaluations that are no better the run ends; nil for never.
    public var patience: Int?
    /// By how much a better figure has to pass the best so far; nil where none ends the run.
    public var minDelta: Double?
  }

  /// What `plan` lets evaluations decide, `every` so many samples; nil for nothing.
  static func monitoring(_ plan: Plan, every samples: Int) -> Monitoring? {
    guard plan.letsEvaluationsDecide else { return nil }
    return Monitoring(
      every: samples, monitor: plan.evaluation.monitor, patience: plan.evaluation.patience,
      minDelta: plan.evaluation.patience.map { _ in plan.evaluation.minDelta })
  }

  /// When the rate falls; nil where the schedule alone decides.
  func makePlateau(from state: Plateau.State) -> Plateau? {
    guard schedule.name == .plateau, let monitoring else { return nil }
    return Plateau(
      monitoring.monitor.goal, factor: schedule.factor, patience: schedule.plateau.patience,
      threshold: schedule.plateau.threshold, cooldown: schedule.plateau.cooldown,
      lowest: schedule.final, from: state)
  }

  /// When the run ends early; nil for never.
  func makePatience(from state: Patience.State) -> Patience? {
    guard let monitoring, let limit = monitoring.patience else { return nil }
    return Patience(
      monitoring.monitor.goal, limit: limit, leastGain: monitoring.minDelta ?? 0, from: state)
  }
}

extension Plan {
  /// Whether evaluations decide about the rate or an early end.
  var letsEvaluationsDecide: Bool { schedule.name == .plateau || evaluation.patience != nil }
}

extension EvaluationPlan.Monitor {
  fileprivate var goal: Plateau.Goal { self == .loss ? .smallest : .largest }
}
