import Networks
import Storage

extension Recipe {
  /// How the learning rate follows the step, for people.
  func scheduleWords() throws -> String {
    let schedule = try makeSchedule()
    let highest = significant(schedule.base)
    guard schedule.warmupSteps > 0 else { return words(for: schedule, from: highest) }
    let first = significant(schedule.rate(at: 0))
    return "rises from \(first) to \(highest) over \(counted(schedule.warmupSteps, "step")), then "
      + words(for: schedule, from: highest)
  }

  /// What comes after the warm-up.
  private func words(for schedule: Schedule, from highest: String) -> String {
    let last = significant(schedule.rate(at: steps - 1))
    switch schedule.decay {
    case .constant:
      return self.schedule.name == .plateau ? plateauWords(highest) : "\(highest) to the end"
    case .step(let every, let factor):
      return "\(highest), times \(significant(factor)) every \(counted(every, "step"))"
    case .multiStep(let milestones, let factor):
      let places = milestones.map(String.init).joined(separator: ", ")
      return "\(highest), times \(significant(factor)) after steps \(places)"
    case .exponential(let factor, let every):
      return "\(highest), falling by the factor \(significant(factor)) every "
        + "\(counted(every, "step")), to \(last)"
    case .polynomial(let power, _):
      return "\(highest), falling to \(last) with the power \(significant(power))"
    case .cosine: return "\(highest), falling to \(last) along half a cosine"
    case .oneCycle(let rise, _, _):
      return "up from \(significant(schedule.rate(at: schedule.warmupSteps))) to \(highest) in the "
        + "first \(percent(rise)) of the steps, then down to \(last)"
    }
  }

  private func plateauWords(_ highest: String) -> String {
    let monitor = monitoring?.monitor.rawValue ?? "loss"
    let lowest = schedule.final == 0 ? "" : ", down to \(significant(schedule.final)) of it"
    return "\(highest), times \(significant(schedule.factor)) whenever validation \(monitor) is no "
      + "better for more than \(counted(schedule.plateau.patience, "evaluation"))" + lowest
  }
}
