import Kernels
import Storage
import Testing

/// Convolutions that normalize strips of what they read, beside passes over all of memory.
@Suite struct NormalizedConvolutionTests {
  /// Shapes of several strips, whole and not, and of one.
  static let cases: [ConvolutionGeometry] = [
    depthwise(Extent2D(45, 60), channels: 80),
    depthwise(Extent2D(45, 61), channels: 81, stride: 2),
    depthwise(Extent2D(44, 60), channels: 96, kernel: 5, stride: 2, padding: 2),
    depthwise(Extent2D(52, 50), channels: 72, kernel: 3, stride: 3, padding: 0),
    depthwise(Extent2D(43, 64), channels: 64, padding: 2, dilation: 2),
    depthwise(Extent2D(50, 50), channels: 64, kernel: 2, stride: 3, padding: 0),
    depthwise(Extent2D(40, 60), channels: 64, kernel: 3, stride: 1, padding: 5),
    depthwise(Extent2D(7, 7), channels: 17),
    pointwise(Extent2D(33, 41), 40, 24),
    pointwise(Extent2D(25, 31), 24, 150),
    pointwise(Extent2D(1, 3), 16, 64),
  ]

  private static func depthwise(
    _ input: Extent2D, channels: Int, kernel: Int = 3, stride: Int = 1, padding: Int = 1,
    dilation: Int = 1
  ) -> ConvolutionGeometry {
    ConvolutionGeometry(
      window: WindowGeometry(
        input: input, kernel: Extent2D(kernel, kernel), stride: Extent2D(stride, stride),
        padding: Extent2D(padding, padding), dilation: Extent2D(dilation, dilation)),
      inputChannels: channels, outputChannels: channels, groups: channels)
  }

  private static func pointwise(
    _ input: Extent2D, _ inputs: Int, _ outputs: Int
  ) -> ConvolutionGeometry {
    ConvolutionGeometry(
      window: WindowGeometry(input: input, kernel: 1), inputChannels: inputs,
      outputChannels: outputs)
  }

  /// A normalization of [R, C] with made-up coefficients.
  private struct Norm {
    let mean: [Float]
    let inverse: [Float]
    let weight: [Float]
    let bias: [Float]

    init(channels: Int, seed: UInt64) {
      mean = numbers(channels, seed: seed)
      inverse = numbers(channels, seed: seed + 1).map { abs($0) + 0.5 }
      weight = numbers(channels, seed: seed + 2)
      bias = numbers(channels, seed: seed + 3)
    }
  }

  @Test(arguments: cases, [Float?.none, 1.5])
  func `have the bits of normalization and convolution one after the other`(
    _ shape: ConvolutionGeometry, ceiling: Float?
  ) throws {
    let samples = 2
    let convolution = Convolution(shape, samples: samples)
    let normalized = try #require(NormalizedConvolution(convolution))
    let (cin, cout) = (shape.inputChannels, shape.outputChannels)
    let x = numbers(samples * shape.window.input.count * cin, seed: 1)
    let w = numbers(shape.window.kernel.count * cin / shape.groups * cout, seed: 2)
    let dz = numbers(samples * shape.window.output.count * cout, seed: 3)
    let (before, after) = (Norm(channels: cin, seed: 10), Norm(channels: cout, seed: 20))
    let (dw2, db2) = (numbers(cout, seed: 30), numbers(cout, seed: 31))

    var memory = unwritten(
      max(
        convolution.workspaceCount, normalized.workspaceCount,
        batchNormWorkspaceCount(channels: cin), batchNormWorkspaceCount(channels: cout)))
    var workspace = memory.mutableSpan
    var prepared = unwritten(convolution.preparedCount)
    var preparedSpan = prepared.mutableSpan
    convolution.prepare(w.span, into: &preparedSpan)
    var reversed = unwritten(convolution.preparedGradientCount)
    var reversedSpan = reversed.mutableSpan
    convolution.prepareGradient(w.span, into: &reversedSpan)

    // One after the other.
    var (activations, y) = (unwritten(x.count), unwritten(dz.count))
    var activationsSpan = activations.mutableSpan
    normalizeChannels(
      x.span, mean: before.mean.span, inverse: before.inverse.span, weight: before.weight.span,
      bias: before.bias.span, ceiling: ceiling, into: &activationsSpan, workspace: &workspace)
    var ySpan = y.mutableSpan
    convolution.forward(
      activations.span, w.span, prepared: prepared.span, into: &ySpan, workspace: &workspace)
    var (mean, variance) = (unwritten(cout), unwritten(cout))
    var meanSpan = mean.mutableSpan
    var varianceSpan = variance.mutableSpan
    channelMoments(of: y.span, mean: &meanSpan, variance: &varianceSpan, workspace: &workspace)
    var dy = dz
    var dySpan = dy.mutableSpan
    batchNormInputGradient(
      y.span, Span(), mean: after.mean.span, inverse: after.inverse.span,
      weight: after.weight.span, bias: after.bias.span, ceiling: ceiling,
      weightGradient: dw2.span, biasGradient: db2.span, into: &dySpan, workspace: &workspace)
    var (dw, dx) = (unwritten(w.count), unwritten(x.count))
    var dwSpan = dw.mutableSpan
    var dxSpan = dx.mutableSpan
    convolution.gradients(
      activations.span, dy.span, w.span, prepared: reversed.span, into: &dwSpan, input: &dxSpan,
      workspace: &workspace)
    var (scale, shift) = (unwritten(cin), unwritten(cin))
    var scaleSpan = scale.mutableSpan
    var shiftSpan = shift.mutableSpan
    batchNormParameterGradients(
      x.span, mean: before.mean.span, inverse: before.inverse.span, weight: before.weight.span,
      bias: before.bias.span, ceiling: ceiling, output: Span(), further: Span(),
      gradient: &dxSpan, weightGradient: &scaleSpan, biasGradient: &shiftSpan,
      workspace: &workspace)

    // Strip by strip.
    let norm = ChannelNormalization(
      mean: before.mean.span, inverse: before.inverse.span, weight: before.weight.span,
      bias: before.bias.span, ceiling: ceiling)
    var other = unwritten(y.count)
    var otherSpan = other.mutableSpan
    var (otherMean, otherVariance) = (unwritten(cout), unwritten(cout))
    var otherMeanSpan = otherMean.mutableSpan
    var otherVarianceSpan = otherVariance.mutableSpan
    normalized.forward(
      x.span, by: norm, w.span, prepared: prepared.span, into: &otherSpan, mean: &otherMeanSpan,
      variance: &otherVarianceSpan, workspace: &workspace)
    #expect(other == y && y.contains { $0 != 0 })
    #expect(otherMean == mean && otherVariance == variance)
    let following = ChannelNormalization(
      mean: after.mean.span, inverse: after.inverse.span, weight: after.weight.span,
      bias: after.bias.span, ceiling: ceiling)
    let arriving = ArrivingGradient(
      dz.span, of: y.span, following, weightGradient: dw2.span, biasGradient: db2.span)
    var (otherW, otherX) = (unwritten(w.count), unwritten(x.count))
    var otherWSpan = otherW.mutableSpan
    var otherXSpan = otherX.mutableSpan
    var (otherScale, otherShift) = (unwritten(cin), unwritten(cin))
    var otherScaleSpan = otherScale.mutableSpan
    var otherShiftSpan = otherShift.mutableSpan
    normalized.gradients(
      x.span, by: norm, arriving, prepared: reversed.span, into: &otherWSpan,
      input: &otherXSpan, normWeight: &otherScaleSpan, normBias: &otherShiftSpan,
      workspace: &workspace)
    #expect(otherW == dw && otherX == dx)
    #expect(otherScale == scale && otherShift == shift)
  }

  @Test func `are only those whose kernels take strips`() {
    let window = WindowGeometry(input: Extent2D(8, 8), kernel: 3, padding: 1)
    let whole = ConvolutionGeometry(window: window, inputChannels: 32, outputChannels: 32)
    #expect(NormalizedConvolution(Convolution(whole, samples: 1)) == nil)
    let few = Self.pointwise(Extent2D(8, 8), 8, 32)
    #expect(NormalizedConvolution(Convolution(few, samples: 1)) == nil)
    let plain = Self.pointwise(Extent2D(8, 8), 32, 32)
    #expect(NormalizedConvolution(Convolution(plain, samples: 1, policy: .exact)) == nil)
    #expect(NormalizedConvolution(Convolution(plain, samples: 1)) != nil)
  }
}
