internal import Kernels
internal import Storage

/// MixUp and CutMix: every sample of a micro-batch mixed with the one before it, as torchvision's
/// v2.MixUp and v2.CutMix do in a batch.
///
/// One share is drawn for a micro-batch, from the numbers of its first sample.
internal struct SampleMixing: Sendable {
  /// How samples are mixed.
  enum Kind: Sendable {
    case mixUp
    case cutMix
  }

  private let place: Int
  private let probability: Double
  private let kind: Kind
  /// Both parameters of the beta distribution of shares.
  private let alpha: Double

  init(
    _ kind: Kind, _ arguments: inout TransformArguments, place: Int, probability: Double
  ) throws(AugmentationError) {
    self.kind = kind
    self.place = place
    self.probability = probability
    alpha = try arguments.number("alpha", default: 1, in: 1e-3...1e3)
  }

  /// Mixes the images [N, H, W, C] of `size` and returns which share of each is its own.
  func apply(
    _ images: inout MutableSpan<Float>, size: Extent2D, _ first: SampleIdentity, seed: UInt64,
    last: inout MutableSpan<Float>
  ) -> Float {
    var draws = Draws(seed: seed, place: place, first)
    guard draws.happens(probability) else { return 1 }
    let share = draws.beta(alpha)
    if kind == .mixUp {
      mixWithPredecessors(&images, share: Float(share), last: &last)
      return Float(share)
    }
    let (rows, columns) = Self.cut(of: size, share: share, &draws)
    cutFromPredecessors(
      &images, rows: rows, columns: columns, width: size.width,
      channels: last.count / size.count, last: &last)
    return 1 - Float(rows.count * columns.count) / Float(size.count)
  }

  /// A rectangle of about the part 1 - `share` of an image, what reaches beyond it cut off.
  static func cut(
    of size: Extent2D, share: Double, _ draws: inout Draws
  ) -> (rows: Range<Int>, columns: Range<Int>) {
    let (x, y) = (draws.integer(below: size.width), draws.integer(below: size.height))
    let half = 0.5 * (1 - share).squareRoot()
    let (across, down) = (Int(half * Double(size.width)), Int(half * Double(size.height)))
    return (
      max(0, y - down)..<min(size.height, y + down),
      max(0, x - across)..<min(size.width, x + across)
    )
  }
}
