/// How one tensor is updated: what role, settings and parameter groups come to.
struct TensorRule: Sendable {
  /// Who changes the tensor.
  enum Kind: Sendable {
    case learned
    case statistic(momentum: Float)
    case frozen
  }

  let kind: Kind
  let rateFactor: Double
  let weightDecay: Double
  /// Whether LARS and LAMB scale its rate by norms; otherwise the factor is 1.
  let adapts: Bool

  /// Whether the tensor follows its gradient.
  var learns: Bool { if case .learned = kind { true } else { false } }

  /// The rule for `tensor`; the first group that contains it counts.
  init(
    _ tensor: ParameterLayout.Tensor, settings: OptimizerSettings, groups: [ParameterGroup]
  ) {
    let group = groups.first { $0.contains(tensor.name) } ?? ParameterGroup("")
    let role = tensor.specification.role
    if group.frozen {
      kind = .frozen
    } else if case .statistic(let momentum) = role {
      kind = .statistic(momentum: momentum)
    } else {
      kind = .learned
    }
    let decays = role == .weight || settings.decayAll
    rateFactor = group.rateFactor
    weightDecay = decays ? group.weightDecay ?? settings.weightDecay : 0
    adapts = decays
  }
}
