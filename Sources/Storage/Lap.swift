/// Times a sequence of parts, each from where the one before ended.
public struct Lap: Sendable {
  private var last = ContinuousClock.now

  /// Starts the first part now.
  public init() {}

  /// Ends a part and starts the next one; returns how long it took.
  public mutating func next() -> Duration {
    let now = ContinuousClock.now
    defer { last = now }
    return now - last
  }
}
