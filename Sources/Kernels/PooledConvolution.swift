import CVectors
public import Storage

/// A convolution whose output only a max pooling of 2×2 sees: bias, pooling and clamp are done where
/// the results lie in the cache, and the output itself is never written.
///
/// Backward, three of four gradients of the output are known to be zero. What is chosen depends on
/// the shape alone.
public struct PooledConvolution: Sendable {
  /// The convolution.
  public let convolution: Convolution

  private var shape: ConvolutionGeometry { convolution.shape }
  private var samples: Int { convolution.samples }

  /// Nil for a convolution that cannot be pooled so.
  public init?(_ convolution: Convolution, needsInputGradient: Bool) {
    let shape = convolution.shape
    guard min(shape.window.output.height, shape.window.output.width) >= 2 else { return nil }
    let methods = Set([convolution.forwardMethod, convolution.weightGradientMethod])
    switch methods {
    case [.winograd]:
      let convolution = WinogradConvolution(shape)
      guard convolution.canPool, convolution.usesAdjoint || !needsInputGradient else { return nil }
    case [.direct]:
      guard DirectConvolution(shape).canPool, !needsInputGradient else { return nil }
    default: return nil
    }
    self.convolution = convolution
  }

  /// Heights and widths of what is pooled.
  public var output: Extent2D {
    Extent2D(shape.window.output.height / 2, shape.window.output.width / 2)
  }

  /// Floats of scratch memory of any pass.
  public var workspaceCount: Int {
    convolution.forwardMethod == .winograd
      ? WinogradConvolution(shape).workspaceCount(samples: samples)
      : DirectConvolution(shape).pooledWorkspaceCount
  }

  /// Overwrites y [N, OH/2, OW/2, Cout] with the largest of each 2×2 outputs plus `bias`, clamped to
  /// the range from 0 to `ceiling` unless that is nil.
  ///
  /// - Parameters:
  ///   - prepared: what `Convolution.prepare` made of the weights.
  ///   - bias: [Cout], or empty.
  ///   - winners: as y, overwritten with which of the four it was, row by row: the first of equals,
  ///     and NaN wins over numbers.
  public func forward(
    _ x: Span<Float>, prepared: Span<Float>, bias: Span<Float>, ceiling: Float?,
    into y: inout MutableSpan<Float>, winners: inout MutableSpan<Int32>,
    workspace: inout MutableSpan<Float>
  ) {
    check(x: x.count, y: y.count, winners: winners.count, workspace: workspace.count)
    let largest = unsafe y.mutableAddress
    let pooled = unsafe winners.withUnsafeMutableBufferPointer { winners in
      unsafe lockstep_pooled(
        bias: bias.isEmpty ? nil : bias.address, floor: ceiling == nil ? -.infinity : 0,
        ceiling: ceiling ?? .infinity, y: largest, winners: winners.baseAddress)
    }
    if convolution.forwardMethod == .winograd {
      unsafe WinogradConvolution(shape).forward(
        x, prepared, samples: samples, pooling: pooled, workspace: &workspace)
    } else {
      unsafe DirectConvolution(shape).forward(
        x, prepared, samples: samples, pooling: pooled, workspace: &workspace)
    }
  }

  /// Overwrites the gradients of the weights, [KH, KW, Cin, Cout], and of the input, [N, H, W, Cin],
  /// unless that is empty.
  ///
  /// - Parameters:
  ///   - dy: the loss's gradient with respect to what is pooled, [N, OH/2, OW/2, Cout].
  ///   - winners: what `forward` wrote.
  ///   - prepared: what `Convolution.prepareGradient` made of the weights.
  public func gradients(
    _ x: Span<Float>, _ dy: Span<Float>, winners: Span<Int32>, prepared: Span<Float>,
    into gradient: inout MutableSpan<Float>, input dx: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    check(x: x.count, y: dy.count, winners: winners.count, workspace: workspace.count)
    unsafe winners.withUnsafeBufferPointer { winners in
      let won = unsafe WonGradient(values: dy.address!, winners: winners.baseAddress!)
      if convolution.forwardMethod == .winograd {
        unsafe WinogradConvolution(shape).gradients(
          x, won, prepared, samples: samples, into: &gradient, input: &dx, workspace: &workspace)
      } else {
        unsafe DirectConvolution(shape).weightGradient(
          x, won, samples: samples, into: &gradient, workspace: &workspace)
      }
    }
  }

  private func check(x: Int, y: Int, winners: Int, workspace: Int) {
    precondition(
      x == samples * shape.window.input.count * shape.inputChannels
        && y == samples * output.count * shape.outputChannels && winners == y
        && workspace >= workspaceCount,
      "\(x) inputs, \(y) outputs, \(winners) winners, \(workspace) of workspace of \(shape)")
  }
}

/// What a pooling of 2×2 hands back: gradients, and to which of the four each goes.
@unsafe struct WonGradient {
  let values: UnsafePointer<Float>
  let winners: UnsafePointer<Int32>
}
