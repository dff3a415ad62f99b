import CVectors

/// A batch normalization of rows of channels, and the clamp that may follow it, as whoever reads
/// those rows applies it: y = clamp((x − mean)·inverse·weight + bias).
public struct ChannelNormalization: ~Escapable {
  /// The means [C].
  public let mean: Span<Float>
  /// The inverse standard deviations [C].
  public let inverse: Span<Float>
  /// The scales [C].
  public let weight: Span<Float>
  /// The shifts [C].
  public let bias: Span<Float>
  /// Where the range from 0 ends to which y is clamped; nil if it is not.
  public let ceiling: Float?

  /// None: rows are read as they are.
  @_lifetime(immortal)
  public init() {
    mean = Span()
    inverse = Span()
    weight = Span()
    bias = Span()
    ceiling = nil
  }

  /// The normalization by the given means and inverse deviations.
  @_lifetime(copy mean, copy inverse, copy weight, copy bias)
  public init(
    mean: Span<Float>, inverse: Span<Float>, weight: Span<Float>, bias: Span<Float>,
    ceiling: Float?
  ) {
    precondition(
      inverse.count == mean.count && weight.count == mean.count && bias.count == mean.count,
      "\(inverse.count), \(weight.count) and \(bias.count) coefficients of \(mean.count) means")
    self.mean = mean
    self.inverse = inverse
    self.weight = weight
    self.bias = bias
    self.ceiling = ceiling
  }

  /// Whether rows are read as they are.
  var isEmpty: Bool { mean.isEmpty }

  /// The rows `rows` of x [R, `channels`] as they are read: where they are, or normalized into
  /// `scratch`.
  ///
  /// The workspace is that of a batch normalization.
  @unsafe func rows(
    _ rows: Range<Int>, of x: UnsafePointer<Float>, channels: Int,
    scratch: UnsafeMutablePointer<Float>, workspace: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let x = unsafe x + rows.lowerBound * channels
    if isEmpty { return unsafe x }
    unsafe lockstep_normalize(
      x, nil, rows.count * channels, channels, columns(channels), mean.address, inverse.address,
      weight.address, bias.address, ceiling == nil ? -.infinity : 0, ceiling ?? .infinity,
      workspace, scratch)
    return unsafe UnsafePointer(scratch)
  }
}
