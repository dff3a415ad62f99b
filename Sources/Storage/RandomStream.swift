#if canImport(Glibc)
  import Glibc
#endif

/// Endless random numbers, each a pure function of (seed, purpose, epoch, sample, position).
///
/// There is no state: a number is asked for by its position, in any order, by any rank.
public struct RandomStream: Sendable {
  /// What numbers are drawn for; each purpose has its own numbers.
  public enum Purpose: UInt32, Sendable {
    /// Initial parameters; `sample` is the index of the tensor.
    case initialization = 1
    /// The order of samples in an epoch.
    case permutation = 2
    /// Which samples are held out for validation.
    case validation = 3
    /// Dropout; `layer` tells the layers apart.
    case dropout = 4
    /// Augmentation of a training sample.
    case augmentation = 5
    /// Data made up for benchmarks and tests.
    case synthesis = 6
    /// Which sample stands in for a damaged one.
    case substitution = 7
  }

  /// Philox's key.
  public let key: SIMD2<UInt32>
  /// Philox's counter; its first word, here 0, is the index of four words.
  public let counter: SIMD4<UInt32>

  /// The numbers for `purpose` (and `layer`, below 2^24) of one sample in one epoch.
  public init(
    seed: UInt64, purpose: Purpose, layer: Int = 0, epoch: UInt32 = 0, sample: UInt32 = 0
  ) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = SIMD4(0, sample, epoch, purpose.rawValue << 24 | UInt32(layer))
  }

  /// Four words: positions 4·index ..< 4·index + 4.
  public func words(_ index: Int) -> SIMD4<UInt32> {
    var c = counter
    c.x = UInt32(truncatingIfNeeded: index)
    return Philox.words(counter: c, key: key)
  }

  /// The 32-bit word at `position`.
  public func word(_ position: Int) -> UInt32 { words(position >> 2)[position & 3] }

  /// A whole number in 0 ..< bound, at `position`; its bias is below bound / 2^64.
  public func integer(below bound: Int, at position: Int) -> Int {
    let w = words(position)
    let wide = UInt64(w.y) << 32 | UInt64(w.x)
    return Int(wide.multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number in [0, 1), a multiple of 2^-24, at `position`.
  public func uniform(_ position: Int) -> Float { unitInterval(word(position)) }

  /// A number of the standard normal distribution, at `position` (Box and Muller, 1958).
  public func normal(_ position: Int) -> Float {
    let w = words(position >> 1)
    let (a, b) = position & 1 == 0 ? (w.x, w.y) : (w.z, w.w)
    let radius = (-2 * log(1 - Double(a) * 0x1p-32)).squareRoot()
    return Float(radius * cos(2 * .pi * Double(b) * 0x1p-32))
  }
}

/// The 24 highest bits of a word as a number in [0, 1).
@inlinable
public func unitInterval(_ word: UInt32) -> Float { Float(word >> 8) * 0x1p-24 }
