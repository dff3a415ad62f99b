package import Networks

/// Ends a run that gets no better, as Keras's `EarlyStopping`.
///
/// A value counts as better if it passes the best so far by more than `leastGain`; after `limit`
/// values in a row that are not, patience is at its end.
package struct Patience: Hashable, Sendable {
  /// What has come of the values so far.
  package struct State: Hashable, Sendable {
    /// The best value; nil before the first.
    package var best: Double?
    /// How many values in a row were not better.
    package var idle = 0
    /// Nothing so far.
    package init() {}
  }

  private let goal: Plateau.Goal
  /// How many values in a row that are no better end the run.
  package let limit: Int
  private let leastGain: Double
  /// What has come of the values so far.
  package private(set) var state: State

  package init(
    _ goal: Plateau.Goal, limit: Int, leastGain: Double = 0, from state: State = State()
  ) {
    self.goal = goal
    self.limit = limit
    self.leastGain = leastGain
    self.state = state
  }

  /// Whether as many values in a row as are allowed were no better.
  package var isAtEnd: Bool { state.idle >= limit }

  /// Takes the next value.
  package mutating func record(_ value: Double) {
    if isBetter(value) {
      state.best = value
      state.idle = 0
    } else {
      state.idle += 1
    }
  }

  private func isBetter(_ value: Double) -> Bool {
    guard let best = state.best else { return !value.isNaN }
    switch goal {
    case .smallest: return value < best - leastGain
    case .largest: return value > best + leastGain
    }
  }
}
