internal import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// Random numbers one after the other, each a pure function of the stream and of how many came
/// before it.
internal struct Draws {
  private let stream: RandomStream
  private var next = 0

  init(_ stream: RandomStream) { self.stream = stream }

  /// The numbers for what stands at `place` of a list of transforms, for one sample of one epoch.
  init(seed: UInt64, place: Int, _ identity: SampleIdentity) {
    self.init(
      RandomStream(
        seed: seed, purpose: .augmentation, layer: place, epoch: identity.epoch,
        sample: identity.sample))
  }

  /// A number in [0, 1), a multiple of 2^-53.
  mutating func unit() -> Double {
    let words = stream.words(next)
    next += 1
    return Double((UInt64(words.y) << 32 | UInt64(words.x)) >> 11) * 0x1p-53
  }

  /// A number in a range.
  mutating func number(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + unit() * (range.upperBound - range.lowerBound)
  }

  /// A number in a range of positive ones, its logarithm evenly distributed.
  mutating func logarithmic(in range: ClosedRange<Double>) -> Double {
    exp(number(in: log(range.lowerBound)...log(range.upperBound)))
  }

  /// A whole number in 0 ..< bound.
  mutating func integer(below bound: Int) -> Int {
    defer { next += 1 }
    return stream.integer(below: bound, at: next)
  }

  /// True with the given probability; nothing is drawn where that is 0 or 1.
  mutating func happens(_ probability: Double) -> Bool {
    probability >= 1 || probability > 0 && unit() < probability
  }

  /// A number of the standard normal distribution (Box and Muller, 1958).
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return radius * cos(2 * .pi * unit())
  }

  /// A number of the beta distribution with both parameters equal to `alpha`.
  ///
  /// The share of one of two gamma variates, taken from their logarithms: small ones would be 0.
  mutating func beta(_ alpha: Double) -> Double {
    1 / (1 + exp(logGamma(alpha) - logGamma(alpha)))
  }

  /// The logarithm of a gamma variate of shape `alpha` (Marsaglia and Tsang, 2000; below 1 by way
  /// of shape alpha + 1).
  private mutating func logGamma(_ alpha: Double) -> Double {
    let d = alpha + 1 - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      if log(1 - unit()) < x * x / 2 + d - d * v + d * log(v) {
        return log(d * v) + log(1 - unit()) / alpha
      }
    }
  }

  /// Numbers of their own for many pixels, that no other draw meets.
  var pixels: RandomStream { stream }
  /// From which position on `pixels` are free.
  static let firstPixel = 1 << 16
}
