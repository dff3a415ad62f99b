import CVectors

/// Memory that will soon be read or written, to be fetched into the cache beside arithmetic: by one
/// kernel after the other, each of which goes on where the last ended.
@safe struct Ahead {
  /// What kernels fetch, and take off.
  var pieces = lockstep_ahead()
  private let steps: Int
  private var count = 0

  /// Nothing, for kernels whose loops have about `steps` steps.
  init(steps: Int) { self.steps = max(1, steps) }

  /// Nothing, for products of so many multiplications: 16 to 24 vectors of them are a step.
  init(multiplications: Int) { self.init(steps: multiplications / (24 * 16)) }

  /// Adds some rows of x [R, `channels`].
  ///
  /// Rows that will be written are added too: a store finds its line in the cache, and does not wait
  /// for it.
  mutating func add(_ x: UnsafePointer<Float>, _ rows: Range<Int>, channels: Int) {
    let floats = rows.count * channels
    if floats == 0 { return }
    count += floats
    unsafe lockstep_ahead_add(&pieces, x + rows.lowerBound * channels, floats)
    // Two places a step, and no more than a cache line of each.
    pieces.step = min(16, (count + 2 * steps - 1) / (2 * steps))
  }

  /// Fetches what the kernels have left, at once.
  mutating func finish() { unsafe lockstep_ahead_finish(&pieces) }
}
