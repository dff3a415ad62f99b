import Networks
import Storage

/// What is decided while running, by the evaluations on validation samples.
///
/// All ranks know the same figures to the last digit, so all decide alike, at the same step. What a
/// decision depends on lies in the checkpoint: a resumed run decides as one that never stopped.
struct Decisions: Sendable {
  /// Whether the best checkpoint is kept.
  private let seeksBest: Bool
  /// The figure that decides about rate and end.
  private let monitor: EvaluationPlan.Monitor
  /// The best accuracy, and after how many steps it was reached.
  private(set) var best: (accuracy: Double, step: Int)?
  /// When the rate falls; nil if the schedule alone decides.
  private var plateau: Plateau?
  /// When the run ends early; nil for never.
  private var patience: Patience?

  /// What was decided up to a checkpoint that holds `control`; nothing where that is empty.
  init(_ recipe: Recipe, seeksBest: Bool, from control: [String: Double]) {
    self.seeksBest = seeksBest
    monitor = recipe.monitoring?.monitor ?? .loss
    if let accuracy = control[Name.bestAccuracy], let step = control[Name.bestStep] {
      best = (accuracy, Int(step))
    }
    plateau = recipe.makePlateau(from: Plateau.State(control))
    patience = recipe.makePatience(from: Patience.State(control))
  }

  /// What the schedule's rate is multiplied by.
  var rateFactor: Double { plateau?.state.scale ?? 1 }

  /// Why the run is over before its last step; nil if it is not.
  var reasonToStop: String? {
    guard let patience, patience.isAtEnd else { return nil }
    return "validation \(monitor.rawValue) no better for "
      + counted(patience.state.idle, "evaluation")
  }

  /// Takes an evaluation on validation samples; returns what it decides, in one line, if anything.
  mutating func record(_ evaluation: Evaluation, after step: Int) -> String? {
    if seeksBest, evaluation.accuracy > best?.accuracy ?? -1 {
      best = (evaluation.accuracy, step + 1)
    }
    let figure = monitor == .loss ? evaluation.loss : evaluation.accuracy
    patience?.record(figure)
    guard plateau?.record(figure) == true else { return nil }
    return "validation \(monitor.rawValue) no better: the rate is multiplied by "
      + "\(rateFactor) from now on"
  }

  /// All of it, as it lies in a checkpoint; empty unless the recipe asks for a decision.
  var control: [String: Double] {
    var control: [String: Double] = [:]
    if let best {
      control[Name.bestAccuracy] = best.accuracy
      control[Name.bestStep] = Double(best.step)
    }
    if let plateau { control.merge(plateau.state.control) { $1 } }
    if let patience { control.merge(patience.state.control) { $1 } }
    return control
  }

  /// What the numbers are called in a checkpoint.
  fileprivate enum Name {
    static let bestAccuracy = "best_accuracy"
    static let bestStep = "best_step"
    static let plateauBest = "plateau_best"
    static let plateauIdle = "plateau_idle"
    static let plateauResting = "plateau_resting"
    static let rateFactor = "rate_factor"
    static let patienceBest = "patience_best"
    static let patienceIdle = "patience_idle"
  }
}

extension Plateau.State {
  fileprivate init(_ control: [String: Double]) {
    self.init(
      best: control[Decisions.Name.plateauBest],
      idle: Int(control[Decisions.Name.plateauIdle] ?? 0),
      resting: Int(control[Decisions.Name.plateauResting] ?? 0),
      scale: control[Decisions.Name.rateFactor] ?? 1)
  }

  fileprivate var control: [String: Double] {
    var control = [
      Decisions.Name.plateauIdle: Double(idle), Decisions.Name.plateauResting: Double(resting),
      Decisions.Name.rateFactor: scale,
    ]
    control[Decisions.Name.plateauBest] = best
    return control
  }
}

extension Patience.State {
  fileprivate init(_ control: [String: Double]) {
    self.init()
    best = control[Decisions.Name.patienceBest]
    idle = Int(control[Decisions.Name.patienceIdle] ?? 0)
  }

  fileprivate var control: [String: Double] {
    var control = [Decisions.Name.patienceIdle: Double(idle)]
    control[Decisions.Name.patienceBest] = best
    return control
  }
}
