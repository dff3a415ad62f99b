/// Measures the time spent training, without what interrupts it.
struct Stopwatch {
  private var elapsedBefore = Duration.zero
  private var runningSince: ContinuousClock.Instant?

  /// Goes on measuring.
  mutating func start() { runningSince = runningSince ?? .now }

  /// Stops measuring until the next start.
  mutating func stop() {
    elapsedBefore = elapsed
    runningSince = nil
  }

  /// What was measured so far.
  var elapsed: Duration { elapsedBefore + (runningSince.map { .now - $0 } ?? .zero) }
}
