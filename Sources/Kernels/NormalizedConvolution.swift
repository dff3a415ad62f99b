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
        ? FastDepthwise(shape).stripFloats : DirectConvolution(shape).stripFloats)
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
  public func forward(
    _ x: Span<Float>, by norm: borrowing ChannelNormalization, _ weights: Span<Float>,
    prepared: Span<Float>, into y: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    check(x: x.count, y: y.count, workspace: workspace.count)
    let base = unsafe workspace.mutableAddress!
    if shape.path == .depthwise {
      unsafe FastDepthwise(shape).forward(
        x.address!, by: norm, weights.address!, samples: samples, into: y.mutableAddress!, memory,
        base)
    } else {
      unsafe DirectConvolution(shape).pointwise(
        x.address!, by: norm, prepared.address!, samples: samples, into: y.mutableAddress!, memory,
        base)
    }
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
  /// The sums of the gradients of the normalization's weight and bias, and their tables.
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
    sums = max(
      batchNormWorkspaceCount(channels: inputs), batchNormWorkspaceCount(channels: outputs))
    x = sums + batchNormWorkspaceCount(channels: inputs)
    // Whole cache lines, so that every part begins at one.
    dy = x + (strips.x + 15) / 16 * 16
    zeros = dy + (strips.dy + 15) / 16 * 16
    count = zeros + strips.zeros
  }
}

extension DirectConvolution {
  /// Floats of the strips of x and dy.
  fileprivate var stripFloats: (x: Int, dy: Int, zeros: Int) {
    let positions = PositionBlocks(1, channels: (inputs + outputs) / 2).size
    let forward = PositionBlocks(1, channels: inputs).size
    return (max(positions, forward) * inputs, positions * outputs, 0)
  }

  fileprivate func pointwise(
    _ x: UnsafePointer<Float>, by norm: borrowing ChannelNormalization,
    _ kernel: UnsafePointer<Float>, samples: Int, into y: UnsafeMutablePointer<Float>,
    _ memory: StripMemory, _ base: UnsafeMutablePointer<Float>
  ) {
    let positions = samples * window.output.count
    let streaming = unsafe streams(y, count: positions * outputs, channels: outputs)
    for block in PositionBlocks(positions, channels: inputs) {
      let rows = unsafe norm.rows(
        block, of: x, channels: inputs, scratch: base + memory.x, workspace: base + memory.tables)
      unsafe pointwise(
        rows, inputs, kernel, rows: block.count, into: y + block.lowerBound * outputs, outputs,
        streaming: streaming)
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
    for block in PositionBlocks(positions, channels: (inputs + outputs) / 2) {
      let rows = unsafe norm.rows(
        block, of: x, channels: inputs, scratch: base + memory.x, workspace: base + memory.tables)
      let dy = unsafe arriving.rows(
        block, channels: outputs, scratch: base + memory.dy, workspace: base + memory.tables)
      unsafe pointwiseWeightGradient(
        rows, dy, rows: block.count, into: gradient, adding: block.lowerBound > 0)
      unsafe pointwise(
        dy, outputs, kernel, rows: block.count, into: dx + block.lowerBound * inputs, inputs,
        streaming: streaming)
      sums?.add(ready: block.upperBound * inputs)
    }
  }
}

extension FastDepthwise {
  /// Strips of which the lines take about `floats`: few enough to stay in the cache, and many enough
  /// that the lines which two strips share count little. (Tried: with 48 K floats for both passes,
  /// MobileNetV2 is about a tenth slower.)
  private func strips(_ floats: Int) -> LineStrips {
    let stride = window.stride.height
    let lines = max(1, floats / (window.input.width * channels) / stride) * stride
    return LineStrips(window, lines: lines)
  }

  private var forwardStrips: LineStrips { strips(96 << 10) }
  private var gradientStrips: LineStrips { strips(80 << 10) }

  /// Floats of the longest strips of x and dy, and of a line of zeros.
  fileprivate var stripFloats: (x: Int, dy: Int, zeros: Int) {
    var (lines, rows) = (0, 0)
    for strip in forwardStrips { lines = max(lines, strip.lines.count) }
    for strip in gradientStrips {
      lines = max(lines, strip.lines.count)
      rows = max(rows, strip.rows.count)
    }
    return (
      lines * window.input.width * channels, rows * window.output.width * channels, workspaceCount
    )
  }

  fileprivate func forward(
    _ x: UnsafePointer<Float>, by norm: borrowing ChannelNormalization,
    _ weights: UnsafePointer<Float>, samples: Int, into y: UnsafeMutablePointer<Float>,
    _ memory: StripMemory, _ base: UnsafeMutablePointer<Float>
  ) {
    let zeros = unsafe clear(base + memory.zeros)
    let streaming =
      unsafe streams(y, count: samples * window.output.count * channels, channels: channels)
    for n in 0..<samples {
      for strip in forwardStrips where !strip.ownRows.isEmpty {
        let lines = unsafe norm.rows(
          positions(strip.lines, of: n, in: window.input), of: x, channels: channels,
          scratch: base + memory.x, workspace: base + memory.tables)
        var loops = outputLoops(rows: strip.ownRows, lines: strip.lines, streaming: streaming)
        let first = positions(strip.ownRows, of: n, in: window.output).lowerBound
        unsafe lockstep_depthwise_outputs(lines, weights, &loops, zeros, y + first * channels)
      }
    }
  }

  fileprivate func gradients(
    _ x: UnsafePointer<Float>, by norm: borrowing ChannelNormalization,
    _ arriving: borrowing ArrivingGradient, _ reversed: UnsafePointer<Float>, samples: Int,
    into gradient: UnsafeMutablePointer<Float>, input dx: UnsafeMutablePointer<Float>,
    _ sums: inout ArrivingSums?, _ memory: StripMemory, _ base: UnsafeMutablePointer<Float>
  ) {
    let zeros = unsafe clear(base + memory.zeros)
    let image = window.input.count * channels
    var isAdding = false
    for n in 0..<samples {
      for strip in gradientStrips {
        let lines = unsafe norm.rows(
          positions(strip.lines, of: n, in: window.input), of: x, channels: channels,
          scratch: base + memory.x, workspace: base + memory.tables)
        let dy = unsafe arriving.rows(
          positions(strip.rows, of: n, in: window.output), channels: channels,
          scratch: base + memory.dy, workspace: base + memory.tables)
        if !strip.ownRows.isEmpty {
          var loops = outputLoops(rows: strip.ownRows, lines: strip.lines)
          let skipped = (strip.ownRows.lowerBound - strip.rows.lowerBound) * window.output.width
          unsafe lockstep_depthwise_kernel_gradient(
            lines, dy + skipped * channels, &loops, zeros, gradient, isAdding)
          isAdding = true
        }
        unsafe inputGradient(
          ofLines: strip.ownLines, dy, rows: strip.rows, reversed, into: dx + n * image,
          zeros: zeros, streaming: false)
        sums?.add(ready: n * image + strip.ownLines.upperBound * window.input.width * channels)
      }
    }
  }

  /// The positions of some lines of image n among those of all images.
  private func positions(_ lines: Range<Int>, of n: Int, in plane: Extent2D) -> Range<Int> {
    (n * plane.height + lines.lowerBound) * plane.width..<(n * plane.height + lines.upperBound)
      * plane.width
  }

  private func clear(_ zeros: UnsafeMutablePointer<Float>) -> UnsafePointer<Float> {
    unsafe zeros.update(repeating: 0, count: workspaceCount)
    return unsafe UnsafePointer(zeros)
  }
}
