/// What a death has cost: time without new steps, and steps taken twice.
public struct Recovery: Sendable, Equatable {
  /// How far a run is, by its own signs.
  public struct Sign: Sendable, Equatable {
    /// The first step of its processes, from 0.
    public let firstStep: Int
    /// When that was done, in seconds since 1970; nil where it is not.
    public let firstTime: Double?
    /// The step under way.
    public let lastStep: Int
    /// Since when, in seconds since 1970.
    public let lastTime: Double

    /// A sign.
    public init(firstStep: Int, firstTime: Double?, lastStep: Int, lastTime: Double) {
      (self.firstStep, self.firstTime) = (firstStep, firstTime)
      (self.lastStep, self.lastTime) = (lastStep, lastTime)
    }
  }

  /// Seconds from the last sign of the run that died to the first new step that was done.
  public let seconds: Double
  /// The first new step, from 1.
  public let step: Int
  /// Steps that were done and had to be done again.
  public let lostSteps: Int

  /// What lies between two signs; nil where the second is not yet that of a run that goes on.
  init?(from last: Sign, to now: Sign) {
    guard let time = now.firstTime, time > last.lastTime else { return nil }
    seconds = time - last.lastTime
    step = now.firstStep + 1
    lostSteps = max(0, last.lastStep - now.firstStep)
  }

  /// The cost in one line.
  public var line: String {
    let tenths = Int((seconds * 10).rounded())
    return
      "recovered in \(tenths / 10).\(tenths % 10) s: from the last sign before the end to step "
      + "\(step), the first new one; \(lostSteps) step" + (lostSteps == 1 ? "" : "s")
      + " had to be taken again"
  }
}
