import CVectors

/// The mean and the biased variance of each channel of x [R, C], made as x comes into being, while it
/// is in the cache.
@safe struct ArrivingMoments {
  private let x: UnsafePointer<Float>
  private let count: Int
  private let channels: Int
  private let workspace: UnsafeMutablePointer<Float>
  private var done = 0

  /// None yet, of x's `count` floats.
  ///
  /// The workspace is that of a batch normalization, and belongs to the moments until they are
  /// finished.
  init(
    of x: UnsafePointer<Float>, count: Int, channels: Int, workspace: UnsafeMutablePointer<Float>
  ) {
    unsafe self.x = x
    self.count = count
    self.channels = channels
    unsafe self.workspace = workspace
    unsafe lockstep_moments_start(columns(channels), workspace)
  }

  /// Takes in x, the first `ready` floats of which are there.
  mutating func add(ready: Int) {
    let part = Int(LOCKSTEP_PART) * columns(channels)
    let end = ready == count ? count : ready / part * part
    if end == done { return }
    unsafe lockstep_moments_add(x, done, end, count, columns(channels), workspace)
    done = end
  }

  /// Overwrites mean and variance, [C] each.
  func finish(mean: inout MutableSpan<Float>, variance: inout MutableSpan<Float>) {
    precondition(done == count, "moments of \(done) of \(count)")
    unsafe lockstep_moments_finish(
      count, channels, columns(channels), workspace, mean.mutableAddress!,
      variance.mutableAddress!)
  }
}
