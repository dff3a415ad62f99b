/// Lowers a rate when learning has come to a standstill, as PyTorch's `ReduceLROnPlateau` with a
/// relative threshold.
///
/// A value counts as better if it passes the best so far by more than `threshold` of it. After
/// more than `patience` values in a row that are not better the rate falls; of the `cooldown` values
/// after that none counts as worse.
public struct Plateau: Hashable, Sendable {
  /// Which values are better.
  public enum Goal: Hashable, Sendable {
    /// Smaller ones, as of a loss.
    case smallest
    /// Larger ones, as of an accuracy.
    case largest
  }

  /// What has come of the values so far.
  public struct State: Hashable, Sendable {
    /// The best value; nil before the first.
    public var best: Double?
    /// How many values in a row were not better.
    public var idle: Int
    /// How many of the next values do not count as worse.
    public var resting: Int
    /// What the rate is multiplied by.
    public var scale: Double

    /// Nothing so far, unless said otherwise.
    public init(best: Double? = nil, idle: Int = 0, resting: Int = 0, scale: Double = 1) {
      self.best = best
      self.idle = idle
      self.resting = resting
      self.scale = scale
    }
  }

  /// Which values are better.
  public let goal: Goal
  /// What the rate is multiplied by when it falls.
  public let factor: Double
  /// How many values in a row may be no better.
  public let patience: Int
  /// By what part of the best so far a better value has to pass it.
  public let threshold: Double
  /// For how many values after a fall none counts as worse.
  public let cooldown: Int
  /// The lowest rate, as a part of the highest.
  public let lowest: Double
  /// What has come of the values so far.
  public private(set) var state: State

  /// A plateau that begins in the given state.
  public init(
    _ goal: Goal, factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4,
    cooldown: Int = 0, lowest: Double = 0, from state: State = State()
  ) {
    self.goal = goal
    self.factor = factor
    self.patience = patience
    self.threshold = threshold
    self.cooldown = cooldown
    self.lowest = lowest
    self.state = state
  }

  /// Takes the next value; returns whether the rate falls now.
  public mutating func record(_ value: Double) -> Bool {
    if isBetter(value) {
      state.best = value
      state.idle = 0
    } else {
      state.idle += 1
    }
    if state.resting > 0 {
      state.resting -= 1
      state.idle = 0
    }
    guard state.idle > patience else { return false }
    state.resting = cooldown
    state.idle = 0
    let scale = max(state.scale * factor, lowest)
    defer { state.scale = scale }
    return scale < state.scale
  }

  private func isBetter(_ value: Double) -> Bool {
    guard let best = state.best else { return !value.isNaN }
    switch goal {
    case .smallest: return value < best * (1 - threshold)
    case .largest: return value > best * (1 + threshold)
    }
  }
}
