import Kernels
import Storage
import Testing

/// Convolutions that are pooled before they are written, beside loop nests.
@Suite struct PooledConvolutionTests {
  /// By Winograd's tiles and by patches, with rows and columns left over.
  static let cases: [ConvolutionCase] = [
    ConvolutionCase(name: "LeNet's first", input: 28, channels: (1, 20), kernel: 5),
    ConvolutionCase(name: "LeNet's second", input: 12, channels: (20, 50), kernel: 5),
    ConvolutionCase(
      name: "one input, 16 outputs, padded", input: Extent2D(9, 12), channels: (1, 16), padding: 1),
    ConvolutionCase(
      name: "one input, 18 outputs", samples: 3, input: Extent2D(14, 23), channels: (1, 18),
      kernel: Extent2D(2, 5), padding: Extent2D(1, 0)),
    ConvolutionCase(
      name: "one input, 17 outputs, one window", input: 3, channels: (1, 17), kernel: 2),
    ConvolutionCase(
      name: "one input, a kernel above 64", input: 12, channels: (1, 20), kernel: 9),
    ConvolutionCase(name: "one window", samples: 1, input: 4, channels: (16, 20)),
    ConvolutionCase(
      name: "odd sides", input: Extent2D(11, 14), channels: (18, 33), kernel: 5,
      padding: Extent2D(0, 1)),
    ConvolutionCase(name: "3×3 tiles, odd", input: Extent2D(7, 12), channels: (16, 70)),
    ConvolutionCase(
      name: "several blocks and panels", samples: 3, input: 26, channels: (70, 80), kernel: 5),
    ConvolutionCase(
      name: "more than prepared kernels", samples: 2, input: 9, channels: (136, 150)),
    ConvolutionCase(name: "few inputs, padded", input: 9, channels: (3, 16), padding: 1),
    ConvolutionCase(
      name: "few inputs, 7×7, stride 2", input: Extent2D(23, 20), channels: (3, 65), kernel: 7,
      stride: 2, padding: 3),
    ConvolutionCase(
      name: "asymmetric, 17 outputs", input: Extent2D(8, 11), channels: (5, 17),
      kernel: Extent2D(2, 4), stride: Extent2D(1, 2), padding: Extent2D(1, 2)),
    ConvolutionCase(name: "a row of 18", input: 10, channels: (6, 18), kernel: 3),
  ]

  /// Not clamped, rectified, and clamped to half of the largest output.
  @Test(arguments: cases, [Double?.none, .infinity, 0.5])
  func `agree with a loop nest in Double`(_ c: ConvolutionCase, clamp: Double?) throws {
    let (shape, out) = (c.geometry, c.geometry.window.output)
    let channels = c.channels.1
    let x = numbers(c.samples * c.input.count * c.channels.0, seed: 1)
    let w = numbers(c.kernel.count * c.channels.0 * channels, seed: 2)
    let bias = numbers(channels, seed: 3)
    let zeros = [Float](repeating: 0, count: c.samples * out.count * channels)
    let convolved = ConvolutionReference(c, x: x, w: w, dy: zeros).y
    let scale = convolved.map(abs).max() ?? 0
    let ceiling = clamp.map { Float($0 * scale) }

    let fast = Convolution(shape, samples: c.samples)
    let needsInput = fast.forwardMethod == .winograd && fast.inputGradientMethod == .winograd
    let adjoint = PooledConvolution(fast, needsInputGradient: true)
    let pooled = try #require(PooledConvolution(fast, needsInputGradient: false))
    #expect(needsInput || adjoint == nil)
    let count = c.samples * pooled.output.count * channels
    let dy = numbers(count, seed: 4)

    var memory = unwritten(pooled.workspaceCount)
    var workspace = memory.mutableSpan
    var forwardMemory = unwritten(fast.preparedCount)
    var prepared = forwardMemory.mutableSpan
    fast.prepare(w.span, into: &prepared)
    var gradientMemory = unwritten(fast.preparedGradientCount)
    var preparedGradient = gradientMemory.mutableSpan
    fast.prepareGradient(w.span, into: &preparedGradient)
    var y = unwritten(count)
    var winners = [Int32](repeating: -1, count: count)
    var ySpan = y.mutableSpan
    var winnersSpan = winners.mutableSpan
    pooled.forward(
      x.span, prepared: prepared.span, bias: bias.span, ceiling: ceiling, into: &ySpan,
      winners: &winnersSpan, workspace: &workspace)

    // What the winners say must be among the largest; gradients follow them.
    var expected = Array(repeating: 0.0, count: count)
    var full = zeros
    for index in 0..<count {
      let (window, channel) = (index / channels, index % channels)
      let (row, column) = (
        window / pooled.output.width % pooled.output.height, window % pooled.output.width
      )
      let sample = window / pooled.output.count
      func place(_ number: Int) -> Int {
        ((sample * out.height + 2 * row + number / 2) * out.width + 2 * column + number % 2)
          * channels + channel
      }
      let largest = (0..<4).map { convolved[place($0)] }.max() ?? 0
      let winner = Int(winners[index])
      #expect((0..<4).contains(winner))
      #expect(largest - convolved[place(winner)] <= 1e-4 * scale)
      full[place(winner)] = dy[index]
      expected[index] = largest + Double(bias[channel])
      if let ceiling { expected[index] = min(max(expected[index], 0), Double(ceiling)) }
    }
    expectClose(y, expected, tolerance: 1e-4, "output")

    let reference = ConvolutionReference(c, x: x, w: w, dy: full)
    for takesInput in [false, true] where !takesInput || adjoint != nil {
      var (dw, dx) = (unwritten(w.count), unwritten(takesInput ? x.count : 0))
      var dwSpan = dw.mutableSpan
      var dxSpan = dx.mutableSpan
      pooled.gradients(
        x.span, dy.span, winners: winners.span, prepared: preparedGradient.span, into: &dwSpan,
        input: &dxSpan, workspace: &workspace)
      expectClose(dw, reference.dw, tolerance: 1e-4, "weight gradient")
      if takesInput { expectClose(dx, reference.dx, tolerance: 1e-4, "input gradient") }
    }
  }

  @Test func `the first of equals wins, and a NaN over numbers`() throws {
    for channels in [(1, 16), (16, 16)] {
      let shape = ConvolutionGeometry(
        window: WindowGeometry(input: 6, kernel: 3), inputChannels: channels.0,
        outputChannels: channels.1)
      let fast = Convolution(shape, samples: 1)
      let pooled = try #require(PooledConvolution(fast, needsInputGradient: false))
      let w = [Float](repeating: 0, count: 9 * channels.0 * channels.1)
      var x = [Float](repeating: 1, count: 36 * channels.0)
      for isNaN in [false, true] {
        // Only the last output of the last window sees the last pixel, unless tiles mix them.
        if isNaN { x[x.count - 1] = .nan }
        var memory = unwritten(pooled.workspaceCount)
        var workspace = memory.mutableSpan
        var preparedMemory = unwritten(fast.preparedCount)
        var prepared = preparedMemory.mutableSpan
        fast.prepare(w.span, into: &prepared)
        var y = unwritten(4 * channels.1)
        var winners = [Int32](repeating: -1, count: y.count)
        var ySpan = y.mutableSpan
        var winnersSpan = winners.mutableSpan
        pooled.forward(
          x.span, prepared: prepared.span, bias: Span(), ceiling: .infinity, into: &ySpan,
          winners: &winnersSpan, workspace: &workspace)
        #expect(y.contains { $0.isNaN } == isNaN)
        #expect(isNaN || winners.allSatisfy { $0 == 0 } && y.allSatisfy { $0 == 0 })
        if isNaN { #expect(y[y.count - 1].isNaN && winners[winners.count - 1] == 3) }
      }
    }
  }

  @Test func `are only those that tiles or patches can do`() {
    func pooled(_ c: ConvolutionCase, _ policy: Convolution.Policy = .fast, needs: Bool) -> Bool {
      let fast = Convolution(c.geometry, samples: 2, policy: policy)
      return PooledConvolution(fast, needsInputGradient: needs) != nil
    }
    let (first, second) = (Self.cases[0], Self.cases[1])
    #expect(pooled(first, needs: false) && !pooled(first, needs: true))
    #expect(pooled(second, needs: false) && pooled(second, needs: true))
    #expect(!pooled(second, .exact, needs: false))
    #expect(
      !pooled(ConvolutionCase(name: "dilated", channels: (3, 16), dilation: 2), needs: false))
    #expect(
      !pooled(ConvolutionCase(name: "1×1", channels: (16, 16), kernel: 1), needs: false))
    #expect(!pooled(ConvolutionCase(name: "one row", input: 3, channels: (3, 16)), needs: false))
    // All outputs' tiles are as many as the inputs': the adjoint would not pay.
    #expect(
      !pooled(ConvolutionCase(name: "same", input: 8, channels: (16, 16), padding: 1), needs: true))
  }
}
