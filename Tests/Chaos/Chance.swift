/// The random choices of one run, a pure function of a seed: a run can be repeated.
///
/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Chance: RandomNumberGenerator {
  private var state: UInt64

  /// The choices of the run `run` of a fault, in a round that has a seed.
  init(seed: UInt64, fault: String, run: Int) {
    state = fault.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } &+ UInt64(run) << 32
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Sleeps for a part of `seconds`, every one as likely.
  mutating func sleep(upTo seconds: Double) {
    pause(Double.random(in: 0...seconds, using: &self))
  }
}
