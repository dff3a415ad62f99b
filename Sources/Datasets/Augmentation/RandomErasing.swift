internal import Storage

/// torchvision's RandomErasing: a rectangle of the normalized image gets a value, so that 0 is the
/// mean (Zhong et al., 2017).
internal struct RandomErasing: Sendable {
  private let place: Int
  private let probability: Double
  private let scale: ClosedRange<Double>
  private let ratio: ClosedRange<Double>
  /// A number for each channel; none for normal noise.
  private let values: [Float]

  /// The word for noise.
  private enum Value: String, CaseIterable { case random }

  init(
    _ arguments: inout TransformArguments, place: Int, probability: Double, channels: Int?
  ) throws(AugmentationError) {
    self.place = place
    self.probability = probability
    scale = try arguments.interval("scale", default: 0.02...0.33, in: 0...1) { $0...$0 }
    ratio = try arguments.interval("ratio", default: 0.3...3.3, in: 1e-3...1e3) {
      min($0, 1 / $0)...max($0, 1 / $0)
    }
    if arguments.isText("value") {
      let _: Value = try arguments.word("value", default: Value.random)
      values = []
    } else {
      let counts = channels.map { $0 == 1 ? [1] : [1, $0] } ?? Array(1...64)
      let numbers = try arguments.numbers("value", default: [0], in: -1e3...1e3, counts: counts)
      values =
        numbers.count == 1
        ? Array(repeating: Float(numbers[0]), count: channels ?? 1) : numbers.map { Float($0) }
    }
  }

  /// The rectangle that is erased in an image of `size`: rows and columns; nil for none.
  func region(of size: Extent2D, _ draws: inout Draws) -> (rows: Range<Int>, columns: Range<Int>)? {
    guard draws.happens(probability) else { return nil }
    for _ in 0..<10 {
      let area = Double(size.count) * draws.number(in: scale)
      let proportion = draws.logarithmic(in: ratio)
      let height = Int((area * proportion).squareRoot().rounded(.toNearestOrEven))
      let width = Int((area / proportion).squareRoot().rounded(.toNearestOrEven))
      guard height < size.height, width < size.width else { continue }
      let top = draws.integer(below: size.height - height + 1)
      let left = draws.integer(below: size.width - width + 1)
      return (top..<top + height, left..<left + width)
    }
    return nil
  }

  /// Erases in an image [H, W, C] of `size`.
  func apply(
    _ image: inout MutableSpan<Float>, size: Extent2D, _ identity: SampleIdentity, seed: UInt64
  ) {
    var draws = Draws(seed: seed, place: place, identity)
    guard let (rows, columns) = region(of: size, &draws) else { return }
    let channels = image.count / size.count
    var position = Draws.firstPixel
    for row in rows {
      for column in columns {
        for channel in 0..<channels {
          image[(row * size.width + column) * channels + channel] =
            values.isEmpty ? draws.pixels.normal(position) : values[channel]
          position += 1
        }
      }
    }
  }
}
