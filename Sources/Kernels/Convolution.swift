import Storage

/// A convolution of micro-batches of a fixed size, by the fastest way that is known for its shape.
///
/// What is chosen depends on the shape alone: it is the same on every rank and in every run. The
/// weights are prepared once a step, for any number of micro-batches. `plainConvolution` and its
/// gradients are the reference.
public struct Convolution: Sendable {
  /// Which ways may be taken.
  public enum Policy: String, Hashable, Sendable, CaseIterable {
    /// The fastest.
    case fast
    /// Only the reference.
    case exact
  }

  /// How a pass is computed.
  public enum Method: Hashable, Sendable {
    /// Winograd's minimal filtering of a tile of outputs at a time, for kernels of 3×3 and 5×5 with
    /// stride 1.
    case winograd
    /// Products over the elements of the kernel, on the activations themselves.
    case direct
    /// Each channel with its own kernel, sixteen channels at a time.
    case depthwise
    /// The reference: few channels, or groups of several.
    case plain
  }

  /// The shapes.
  public let shape: ConvolutionGeometry
  /// The number of samples, N.
  public let samples: Int
  /// How the output is computed.
  public let forwardMethod: Method
  /// How the gradient of the input is computed.
  public let inputGradientMethod: Method
  /// How the gradient of the weights is computed.
  public let weightGradientMethod: Method

  /// The convolution of `samples` samples.
  public init(_ shape: ConvolutionGeometry, samples: Int, policy: Policy = .fast) {
    self.shape = shape
    self.samples = samples
    let (inputs, outputs) = (shape.inputChannels, shape.outputChannels)
    // Vectors take sixteen channels of what a pass writes.
    let isPlain = policy == .exact || shape.groups > 1 && shape.path != .depthwise
    func method(columns: Int) -> Method {
      if isPlain || columns < 16 { return .plain }
      if shape.path == .depthwise {
        return shape.window.kernel.height <= FastDepthwise.mostRows ? .depthwise : .plain
      }
      return shape.hasTiles && min(inputs, outputs) >= 16 ? .winograd : .direct
    }
    forwardMethod = method(columns: outputs)
    inputGradientMethod = method(columns: inputs)
    weightGradientMethod = method(columns: outputs)
  }

  /// Floats of prepared weights for `forward`.
  public var preparedCount: Int {
    switch forwardMethod {
    case .winograd: WinogradConvolution(shape).kernelCount
    case .direct: shape.weightCount
    case .depthwise, .plain: 0
    }
  }

  /// Floats of prepared weights for `inputGradient`.
  public var preparedGradientCount: Int {
    switch inputGradientMethod {
    case .winograd: WinogradConvolution(shape).transposedKernelCount
    case .direct: shape.weightCount
    case .depthwise: shape.weightCount
    case .plain: 0
    }
  }

  /// Floats of scratch memory that any pass needs.
  public var workspaceCount: Int {
    max(
      workspaceCount(forwardMethod), workspaceCount(inputGradientMethod),
      workspaceCount(weightGradientMethod))
  }

  private func workspaceCount(_ method: Method) -> Int {
    switch method {
    case .winograd: WinogradConvolution(shape).workspaceCount(samples: samples)
    case .direct: DirectConvolution(shape).workspaceCount
    case .depthwise: FastDepthwise(shape).workspaceCount
    case .plain: shape.workspaceCount(samples: samples)
    }
  }

  /// Brings weights [KH, KW, Cin/groups, Cout] into the form that `forward` reads.
  public func prepare(_ weights: Span<Float>, into prepared: inout MutableSpan<Float>) {
    precondition(
      weights.count == shape.weightCount && prepared.count >= preparedCount,
      "\(weights.count) weights, room for \(prepared.count) prepared, of \(shape)")
    switch forwardMethod {
    case .winograd: WinogradConvolution(shape).prepare(weights, into: &prepared)
    case .direct: DirectConvolution(shape).prepare(weights, into: &prepared)
    case .depthwise, .plain: break
    }
  }

  /// Brings the weights into the form that `inputGradient` reads.
  public func prepareGradient(_ weights: Span<Float>, into prepared: inout MutableSpan<Float>) {
    precondition(
      weights.count == shape.weightCount && prepared.count >= preparedGradientCount,
      "\(weights.count) weights, room for \(prepared.count) prepared, of \(shape)")
    switch inputGradientMethod {
    case .winograd: WinogradConvolution(shape).prepareGradient(weights, into: &prepared)
    case .direct: DirectConvolution(shape).prepareGradient(weights, into: &prepared)
    case .depthwise: FastDepthwise(shape).reverse(weights, into: &prepared)
    case .plain: break
    }
  }

  /// Overwrites y [N, OH, OW, Cout].
  ///
  /// - Parameters:
  ///   - weights: [KH, KW, Cin/groups, Cout].
  ///   - prepared: what `prepare` made of them.
  public func forward(
    _ x: Span<Float>, _ weights: Span<Float>, prepared: Span<Float>,
    into y: inout MutableSpan<Float>, workspace: inout MutableSpan<Float>
  ) {
    check(x: x.count, y: y.count, workspace: workspace.count)
    switch forwardMethod {
    case .winograd:
      WinogradConvolution(shape).forward(
        x, prepared, samples: samples, into: &y, workspace: &workspace)
    case .direct:
      DirectConvolution(shape).forward(
        x, prepared, samples: samples, into: &y, workspace: &workspace)
    case .depthwise:
      FastDepthwise(shape).forward(
        x, weights, samples: samples, into: &y, workspace: &workspace)
    case .plain:
      plainConvolution(x, weights, shape, samples: samples, into: &y, workspace: &workspace)
    }
  }

  /// Overwrites the gradient of the input, [N, H, W, Cin].
  ///
  /// - Parameters:
  ///   - dy: the loss's gradient with respect to the output, [N, OH, OW, Cout].
  ///   - prepared: what `prepareGradient` made of the weights.
  public func inputGradient(
    _ dy: Span<Float>, _ weights: Span<Float>, prepared: Span<Float>,
    into dx: inout MutableSpan<Float>, workspace: inout MutableSpan<Float>
  ) {
    check(x: dx.count, y: dy.count, workspace: workspace.count)
    switch inputGradientMethod {
    case .winograd:
      WinogradConvolution(shape).inputGradient(
        dy, prepared, samples: samples, into: &dx, workspace: &workspace)
    case .direct:
      DirectConvolution(shape).inputGradient(
        dy, prepared, samples: samples, into: &dx, workspace: &workspace)
    case .depthwise:
      FastDepthwise(shape).inputGradient(
        dy, prepared, samples: samples, into: &dx, workspace: &workspace)
    case .plain:
      plainInputGradient(
        dy, weights, shape, samples: samples, into: &dx, workspace: &workspace)
    }
  }

  /// Overwrites the gradient of the weights, [KH, KW, Cin/groups, Cout].
  public func weightGradient(
    _ x: Span<Float>, _ dy: Span<Float>, into gradient: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    check(x: x.count, y: dy.count, workspace: workspace.count)
    switch weightGradientMethod {
    case .winograd:
      WinogradConvolution(shape).weightGradient(
        x, dy, samples: samples, into: &gradient, workspace: &workspace)
    case .direct:
      DirectConvolution(shape).weightGradient(
        x, dy, samples: samples, into: &gradient, workspace: &workspace)
    case .depthwise:
      FastDepthwise(shape).weightGradient(
        x, dy, samples: samples, into: &gradient, workspace: &workspace)
    case .plain:
      plainWeightGradient(
        x, dy, shape, samples: samples, into: &gradient, workspace: &workspace)
    }
  }

  /// Does what `weightGradient` and `inputGradient` do, and reads dy only once where that is
  /// possible.
  public func gradients(
    _ x: Span<Float>, _ dy: Span<Float>, _ weights: Span<Float>, prepared: Span<Float>,
    into gradient: inout MutableSpan<Float>, input dx: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    if shape.path == .pointwise && inputGradientMethod == .direct
      && weightGradientMethod == .direct
    {
      check(x: x.count, y: dy.count, workspace: workspace.count)
      DirectConvolution(shape).pointwiseGradients(
        x, dy, prepared, samples: samples, into: &gradient, input: &dx)
    } else {
      weightGradient(x, dy, into: &gradient, workspace: &workspace)
      inputGradient(dy, weights, prepared: prepared, into: &dx, workspace: &workspace)
    }
  }

  private func check(x: Int, y: Int, workspace: Int) {
    precondition(
      x == samples * shape.window.input.count * shape.inputChannels
        && y == samples * shape.window.output.count * shape.outputChannels
        && workspace >= workspaceCount,
      "\(x) inputs, \(y) outputs, \(workspace) of workspace for \(samples) samples of \(shape)")
  }
}
