import Launching

/// The random choices of one run, a pure function of a seed: a run can be repeated.
struct Chance: RandomNumberGenerator {
  private var numbers: SplitMix64

  /// The choices of the run `run` of a fault, in a round that has a seed.
  init(seed: UInt64, fault: String, run: Int) {
    numbers = SplitMix64(
      state: fault.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } &+ UInt64(run) << 32)
  }

  mutating func next() -> UInt64 { numbers.next() }

  /// Sleeps for a part of `seconds`, every one as likely.
  mutating func sleep(upTo seconds: Double) {
    pause(Double.random(in: 0...seconds, using: &self))
  }
}
