import CVectors

/// The gradient that arrives at what a convolution wrote: dy itself, or the gradient of what a
/// batch normalization made of the output, of which dy is computed where it is used.
public struct ArrivingGradient: ~Escapable {
  /// The gradient [R, C] of the normalized output where there is a normalization, else dy.
  public let values: Span<Float>
  /// What the convolution wrote [R, C]; empty without a normalization.
  public let output: Span<Float>
  /// The normalization that followed.
  public let norm: ChannelNormalization
  /// Its weight's gradient [C].
  public let weightGradient: Span<Float>
  /// Its bias's gradient [C].
  public let biasGradient: Span<Float>

  /// dy itself.
  @_lifetime(copy dy)
  public init(_ dy: Span<Float>) {
    values = dy
    output = Span()
    norm = ChannelNormalization()
    weightGradient = Span()
    biasGradient = Span()
  }

  /// What arrives from behind a normalization of `output`.
  @_lifetime(copy values, copy output, copy norm, copy weightGradient, copy biasGradient)
  public init(
    _ values: Span<Float>, of output: Span<Float>, _ norm: ChannelNormalization,
    weightGradient: Span<Float>, biasGradient: Span<Float>
  ) {
    precondition(
      values.count == output.count && weightGradient.count == norm.mean.count
        && biasGradient.count == norm.mean.count,
      "\(values.count) gradients of \(output.count) outputs, \(weightGradient.count) and "
        + "\(biasGradient.count) of \(norm.mean.count) channels")
    self.values = values
    self.output = output
    self.norm = norm
    self.weightGradient = weightGradient
    self.biasGradient = biasGradient
  }

  /// Whether it is dy itself.
  var isPlain: Bool { norm.isEmpty }

  /// dy of the rows `rows` of `channels` floats each: where it is, or as computed into `scratch`.
  ///
  /// The workspace is that of a batch normalization.
  @unsafe func rows(
    _ rows: Range<Int>, channels: Int, scratch: UnsafeMutablePointer<Float>,
    workspace: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let first = rows.lowerBound * channels
    let dz = unsafe values.address! + first
    if isPlain { return unsafe dz }
    unsafe lockstep_normalize_gradient(
      output.address! + first, dz, rows.count * channels, values.count / channels, channels,
      columns(channels), norm.mean.address, norm.inverse.address, norm.weight.address,
      norm.ceiling == nil ? nil : norm.bias.address, norm.ceiling ?? .infinity,
      weightGradient.address, biasGradient.address, workspace, scratch)
    return unsafe UnsafePointer(scratch)
  }

  /// Adds what `rows` will read.
  func add(_ rows: Range<Int>, channels: Int, to ahead: inout Ahead) {
    unsafe ahead.add(values.address!, rows, channels: channels)
    if !isPlain { unsafe ahead.add(output.address!, rows, channels: channels) }
  }
}
