import CVectors

/// The sums over rows that the gradients of a batch normalization's weight and bias are, made as
/// the gradient of the normalized rows comes into being, while it is in the cache.
@safe struct ArrivingSums {
  private let x: UnsafePointer<Float>
  private let gradient: UnsafeMutablePointer<Float>
  private let count: Int
  private let channels: Int
  private let clamps: Bool
  private let ceiling: Float
  private let workspace: UnsafeMutablePointer<Float>
  private var done = 0

  /// None yet, for x [R, C] and the gradient of what `norm` makes of it.
  ///
  /// The workspace is that of a batch normalization, and belongs to the sums until they are finished.
  init(
    _ x: UnsafePointer<Float>, _ norm: borrowing ChannelNormalization,
    gradient: UnsafeMutablePointer<Float>, count: Int, workspace: UnsafeMutablePointer<Float>
  ) {
    unsafe self.x = x
    unsafe self.gradient = gradient
    self.count = count
    channels = norm.mean.count
    clamps = norm.ceiling != nil
    ceiling = norm.ceiling ?? .infinity
    unsafe self.workspace = workspace
    unsafe lockstep_normalize_sums_start(
      channels, columns(channels), norm.mean.address, norm.inverse.address, norm.weight.address,
      norm.bias.address, workspace)
  }

  /// Takes in the gradient, the first `ready` floats of which are there.
  mutating func add(ready: Int) {
    let columns = columns(channels)
    let part = Int(LOCKSTEP_PART) * columns
    let end = ready == count ? count : ready / part * part
    if end == done { return }
    unsafe lockstep_normalize_sums_add(
      x, nil, nil, done, end, count, columns, clamps, ceiling, workspace, gradient)
    done = end
  }

  /// Overwrites the gradients of weight and bias.
  func finish(
    _ norm: borrowing ChannelNormalization, weight: UnsafeMutablePointer<Float>,
    bias: UnsafeMutablePointer<Float>
  ) {
    precondition(done == count, "sums over \(done) of \(count)")
    unsafe lockstep_normalize_sums_finish(
      channels, columns(channels), norm.inverse.address, workspace, weight, bias)
  }
}
