import Kernels

extension Optimizer {
  /// Updates one block of the moving average of parameters: a ← d·a + (1 − d)·p.
  ///
  /// The average has the parameters' layout and begins as a copy of them; running statistics are
  /// averaged too, frozen tensors stay as they are. Source: Polyak and Juditsky, 1992, in the
  /// exponential form of Tarvainen and Valpola, 2017.
  ///
  /// - Parameters:
  ///   - average, parameters: the block's elements; the parameters after their update.
  ///   - decay: d, in 0 ..< 1.
  public func updateAverage(
    block: Int, average: inout MutableSpan<Float>, parameters: Span<Float>, decay: Double
  ) {
    if case .frozen = rules[tensors[block]].kind { return }
    averageUpdate(&average, with: parameters, keep: Float(decay), take: Float(1 - decay))
  }
}
