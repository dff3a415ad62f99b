import CVectors
import Storage

/// A convolution that normalizes what it reads, a strip at a time: the normalized activations, and
/// the gradient of what it wrote, exist only in the cache.
///
/// Every output, gradient and sum has the bits that it would have if batch normalization and
/// convolution each passed over memory alone.
public struct NormalizedConvolution: Sendable {
  /// The convolution alone, which prepares the weights.
  public let convolution: Convolution
  private let memory: StripMemory

  /// The convolution; nil where its kernels cannot be given strips.
  public init?(_ convolution: Convolution) {
    guard convolution.worksOnStrips else { return nil }
    self.convolution = convolution
    let shape = convolution.shape
    memory = StripMemory(
      inputs: shape.inputChannels, outputs: shape.outputChannels,
      strips: shape.path == .depthwise
        ? FastDepthwise(shape).stripFloats
        : DirectConvolution(shape).stripFloats(samples: convolution.samples))
  }

  private var shape: ConvolutionGeometry { convolution.shape }
  private var samples: Int { convolution.samples }
  private var inputs: Int { shape.inputChannels }
  private var outputs: Int { shape.outputChannels }

  /// Floats of scratch memory that any pass needs.
  public var workspaceCount: Int { memory.count }

  /// Overwrites y [N, OH, OW, Cout] with the convolution of what `norm` makes of x [N, H, W, Cin].
  ///
  /// - Parameters:
  ///   - weights: [KH, KW, Cin/groups, Cout].
  ///   - prepared: what the convolution's `prepare` made of them.
  ///   - mean: overwritten with y's means [Cout], and `variance` with its biased variances, as
  ///     `channelMoments` finds them; empty where nobody asks.
  public func forward(
    _ x: Span<Float>, by norm: borrowing ChannelNormalization, _ weights: Span<Float>,
    prepared: Span<Float>, into y: inout MutableSpan<Float>, mean: inout MutableSpan<Float>,
    variance: inout MutableSpan<Float>, workspace: inout MutableSpan<Float>
  ) {
    check(x: x.count, y: y.count, workspace: workspace.count)
    let base = unsafe workspace.mutableAddress!
    var moments =
      unsafe mean.isEmpty
      ? nil
      : ArrivingMoments(
        of: y.mutableAddress!, count: y.count, channels: outputs, workspace: base + memory.sums)
    if shape.path == .depthwise {
      unsafe FastDepthwise(shape).forward(
        x.address!, by: norm, weights.address!, samples: samples, into: y.mutableAddress!,
        &moments, memory, base)
    } else {
      unsafe DirectConvolution(shape).pointwise(
        x.address!, by: norm, prepared.address!, samples: samples, into: y.mutableAddress!,
        &moments, memory, base)
    }
    moments?.finish(mean: &mean, variance: &variance)
  }

  /// Overwrites the gradients of the weights, of what was read, normalized, and of the
  /// normalization's weight and bias.
  ///
  /// - Parameters:
  ///   - x: [N, H, W, Cin], before `norm`.
  ///   - arriving: tells dy, [N, OH, OW, Cout].
  ///   - prepared: what the convolution's `prepareGradient` made of the weights.
  ///   - gradient: of the weights, [KH, KW, Cin/groups, Cout].
  ///   - dx: the gradient of the clamped rows, [N, H, W, Cin].
  ///   - normWeight: the gradient of `norm`'s weight [Cin]; untouched without a normalization.
  ///   - normBias: the same for its bias.
  public func gradients(
    _ x: Span<Float>, by norm: borrowing ChannelNormalization,
    _ arriving: borrowing ArrivingGradient, prepared: Span<Float>,
    into gradient: inout MutableSpan<Float>, input dx: inout MutableSpan<Float>,
    normWeight: inout MutableSpan<Float>, normBias: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    check(x: x.count, y: arriving.values.count, workspace: workspace.count)
    precondition(dx.count == x.count, "\(dx.count) gradients of \(x.count) inputs")
    let base = unsafe workspace.mutableAddress!
    var sums =
      unsafe norm.isEmpty
      ? nil
      : ArrivingSums(
        x.address!, norm, gradient: dx.mutableAddress!, count: dx.count,
        workspace: base + memory.sums)
    if shape.path == .depthwise {
      unsafe FastDepthwise(shape).gradients(
        x.address!, by: norm, arriving, prepared.address!, samples: samples,
        into: gradient.mutableAddress!, input: dx.mutableAddress!, &sums, memory, base)
    } else {
      unsafe DirectConvolution(shape).pointwiseGradients(
        x.address!, by: norm, arriving, prepared.address!, samples: samples,
        into: gradient.mutableAddress!, input: dx.mutableAddress!, &sums, memory, base)
    }
    unsafe sums?.finish(norm, weight: normWeight.mutableAddress!, bias: normBias.mutableAddress!)
  }

  private func check(x: Int, y: Int, workspace: Int) {
    precondition(
      x == samples * shape.window.input.count * inputs
        && y == samples * shape.window.output.count * outputs && workspace >= workspaceCount,
      "\(x) inputs, \(y) outputs, \(workspace) of workspace for \(samples) samples of \(shape)")
  }
}

extension Convolution {
  /// Whether all passes are made of parts that need no more than some lines or positions.
  fileprivate var worksOnStrips: Bool {
    let method: Method = shape.path == .depthwise ? .depthwise : .direct
    return shape.path != .patches && forwardMethod == method && inputGradientMethod == method
      && weightGradientMethod == method
  }
}

/// Where the parts of a workspace begin, in floats.
struct StripMemory {
  /// The tables of a normalization.
  let tables = 0
  /// The moments of y, or the sums of the gradients of the normalization's weight and bias, and their
  /// tables.
  let sums: Int
  /// Normalized rows of x.
  let x: Int
  /// Rows of dy.
  let dy: Int
  /// A line of zeros.
  let zeros: Int
  /// All of it.
  let count: Int

  init(inputs: Int, outputs: Int, strips: (x: Int, dy: Int, zeros: Int)) {
    let normalization = max(
      batchNormWorkspaceCount(channels: inputs), batchNormWorkspaceCount(channels: outputs))
    sums = normalization
    x = sums + normalization
    // Whole cache lines, so that every part begins at one.
    dy = x + (strips.x + 15) / 16 * 16
    zeros = dy + (strips.dy + 15) / 16 * 16
    count = zeros + strips.zeros
  }
}

extension DirectConvolution {
  /// Floats of the strips of x and dy.
  fileprivate func stripFloats(samples: Int) -> (x: Int, dy: Int, zeros: Int) {
    let positions = strips(samples: samples).size
    return (positions * inputs, positions * outputs, 0)
  }

  /// The positions of a strip: half of what fits is x, and half is y or dy.
  private func strips(samples: Int) -> RangeBlocks {
    RangeBlocks(positions: samples * window.output.count, channels: (inputs + outputs) / 2)
  }

  fileprivate func pointwise(
    _ x: UnsafePointer<Float>, by norm: borrowing ChannelNormalization,
    _ kernel: UnsafePointer<Float>, samples: Int, into y: UnsafeMutablePointer<Float>,
    _ moments: inout ArrivingMoments?, _ memory: StripMemory, _ base: UnsafeMutablePointer<Float>
  ) {
    let positions = samples * window.output.count
    // Moments find what was written in the cache; without any, nobody does.
    let streaming =
      unsafe moments == nil && streams(y, count: positions * outputs, channels: outputs)
    let blocks = strips(samples: samples)
    for block in blocks {
      let rows = unsafe norm.rows(
        block, of: x, channels: inputs, scratch: base + memory.x, workspace: base + memory.tables)
      let next = blocks.following(block)
      var ahead = Ahead(multiplications: block.count * inputs * outputs)
      unsafe ahead.add(x, next, channels: inputs)
      if !streaming { unsafe ahead.add(y, next, channels: outputs) }
      unsafe pointwise(
        rows, inputs, kernel, rows: block.count, into: y + block.lowerBound * outputs, outputs,
        streaming: streaming, ahead: &ahead.pieces)
      moments?.add(ready: block.upperBound * outputs)
    }
  }

  fileprivate func pointwiseGradients(
    _ x: UnsafePointer<Float>, by norm: borrowing ChannelNormalization,
    _ arriving: borrowing ArrivingGradient, _ kernel: UnsafePointer<Float>, samples: Int,
    into gradient: UnsafeMutablePointer<Float>, input dx: UnsafeMutablePointer<Float>,
    _ sums: inout ArrivingSums?, _ memory: StripMemory, _ base: UnsafeMutablePointer<Float>
  ) {
    let positions = samples * window.output.count
    // Sums find what was written in the cache; without any, nobody does.
    let streaming =
      unsafe sums == nil && streams(dx, count: positions * inputs, channels: inputs)
    let blocks = strips(samples: samples)
    for block in blocks {
      let rows = unsafe norm.rows(
        block, of: x, channels: inputs, scratch: base + memory.x, workspace: base + memory.tables)
      let dy = unsafe arriving.rows(
        block, channels: outputs, scratch: base + memory.dy, workspace: base + memory.tables)
      let next = blocks.following(block)
      var ahead = Ahead(multiplications: 2 * block.count * inputs * outputs)
      unsafe ahead.add(x, next, channels: inputs)
      arriving.add(next, channels: outputs, to: &ahead)
      if !streaming { unsafe ahead.add(dx, next, channels: inputs) }
      unsafe pointwiseWeightGradient(
        rows, dy, rows: block.count, into: gradient, adding: block.lowerBound > 0,
        ahead: &ahead.pieces)
      unsafe pointwise(
        dy, outputs, kernel, rows: block.count, into: dx + block.lowerBound * inputs, inputs,
        streaming: streaming, ahead: &ahead.pieces)
      sums?.add(ready: block.upperBound * inputs)
    }
  }
}
