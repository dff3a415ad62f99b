import Kernels
import Storage
import Testing

/// A pooling with an awkward shape.
struct PoolingCase: CustomTestStringConvertible, Sendable {
  let name: String
  var samples = 2
  var input: Extent2D = 6
  var channels = 3
  var kernel: Extent2D = 2
  var stride: Extent2D = 2
  var padding: Extent2D = 0

  var testDescription: String { name }
  var window: WindowGeometry {
    WindowGeometry(input: input, kernel: kernel, stride: stride, padding: padding)
  }

  static let all: [PoolingCase] = [
    PoolingCase(name: "plain"),
    PoolingCase(name: "one pixel", input: 1, kernel: 1, stride: 1),
    PoolingCase(name: "odd size, stride 2, padding", input: 7, kernel: 3, padding: 1),
    PoolingCase(name: "padding above half the kernel", input: 5, kernel: 3, stride: 1, padding: 2),
    PoolingCase(name: "overlapping windows", input: 9, channels: 17, kernel: 3, stride: 1),
    PoolingCase(name: "one channel, batch 1", samples: 1, channels: 1),
    PoolingCase(name: "stride above the kernel", input: 8, channels: 19, stride: 3),
    PoolingCase(name: "tiles, 20 channels", input: 8, channels: 20),
    PoolingCase(name: "tiles, 50 channels", input: Extent2D(2, 6), channels: 50),
    PoolingCase(name: "tiles of 3, 33 channels", input: 6, channels: 33, kernel: 3, stride: 3),
    PoolingCase(name: "stem, 64 channels", input: 9, channels: 64, kernel: 3, padding: 1),
    PoolingCase(name: "odd rows, 15 channels", input: Extent2D(7, 4), channels: 15),
    PoolingCase(name: "overlapping, 100 channels", input: 10, channels: 100, kernel: 4, stride: 3),
    PoolingCase(
      name: "asymmetric", input: Extent2D(5, 8), kernel: Extent2D(1, 4), stride: Extent2D(2, 1),
      padding: Extent2D(0, 2)),
  ]

  /// Calls `body` with the element of y and of x, for each pair that a window joins.
  func forEachPair(_ body: (_ y: Int, _ x: Int) -> Void) {
    let out = window.output
    for n in 0..<samples {
      for oh in 0..<out.height {
        for ow in 0..<out.width {
          for kh in 0..<kernel.height {
            for kw in 0..<kernel.width {
              let h = oh * stride.height - padding.height + kh
              let w = ow * stride.width - padding.width + kw
              guard h >= 0, h < input.height, w >= 0, w < input.width else { continue }
              for c in 0..<channels {
                body(
                  ((n * out.height + oh) * out.width + ow) * channels + c,
                  ((n * input.height + h) * input.width + w) * channels + c)
              }
            }
          }
        }
      }
    }
  }
}

@Suite struct PoolingTests {
  @Test(arguments: PoolingCase.all)
  func `max pooling takes the largest input, never the padding`(_ c: PoolingCase) {
    // All inputs are negative: a padding of zeros would win everywhere.
    let x = numbers(c.samples * c.input.count * c.channels, seed: 4).map { $0 - 2 }
    let outputs = c.samples * c.window.output.count * c.channels
    let dy = numbers(outputs, seed: 5)
    var winners = Array(repeating: -1, count: outputs)
    c.forEachPair { y, i in if winners[y] < 0 || x[i] > x[winners[y]] { winners[y] = i } }
    var reference = Array(repeating: 0.0, count: x.count)
    for (y, i) in winners.enumerated() { reference[i] += Double(dy[y]) }

    var (y, dx) = (unwritten(outputs), unwritten(x.count))
    var indices = [Int32](repeating: -1, count: outputs)
    var ySpan = y.mutableSpan
    var indexSpan = indices.mutableSpan
    var dxSpan = dx.mutableSpan
    maxPooling(x.span, c.window, channels: c.channels, into: &ySpan, indices: &indexSpan)
    maxPoolingGradient(
      dy.span, indices: indices.span, c.window, channels: c.channels, into: &dxSpan)
    #expect(y == winners.map { x[$0] })
    expectClose(dx, reference, "input gradient")
  }

  @Test func `a NaN passes through max pooling`() {
    let x: [Float] = [1, .nan, 3, 2]
    var y: [Float] = [0]
    var indices: [Int32] = [0]
    var ySpan = y.mutableSpan
    var indexSpan = indices.mutableSpan
    maxPooling(
      x.span, WindowGeometry(input: 2, kernel: 2), channels: 1, into: &ySpan,
      indices: &indexSpan)
    #expect(y[0].isNaN)
    #expect(indices == [1])
  }

  @Test(arguments: PoolingCase.all)
  func `average pooling divides by the whole window`(_ c: PoolingCase) {
    let x = numbers(c.samples * c.input.count * c.channels, seed: 6)
    let outputs = c.samples * c.window.output.count * c.channels
    let dy = numbers(outputs, seed: 7)
    var forward = Array(repeating: 0.0, count: outputs)
    var backward = Array(repeating: 0.0, count: x.count)
    c.forEachPair { y, i in
      forward[y] += Double(x[i]) / Double(c.kernel.count)
      backward[i] += Double(dy[y]) / Double(c.kernel.count)
    }
    var (y, dx) = (unwritten(outputs), unwritten(x.count))
    var ySpan = y.mutableSpan
    var dxSpan = dx.mutableSpan
    averagePooling(x.span, c.window, channels: c.channels, into: &ySpan)
    averagePoolingGradient(dy.span, c.window, channels: c.channels, into: &dxSpan)
    expectClose(y, forward, "output")
    expectClose(dx, backward, "input gradient")
  }

  @Test(arguments: [(1, 1, 1), (3, 49, 17), (2, 5, 1), (1, 64, 32)])
  func `global average pooling takes the mean of each channel`(
    samples: Int, positions: Int, channels: Int
  ) {
    let x = numbers(samples * positions * channels, seed: 8)
    let dy = numbers(samples * channels, seed: 9)
    var forward = Array(repeating: 0.0, count: dy.count)
    var backward = Array(repeating: 0.0, count: x.count)
    for i in x.indices {
      let o = i / (positions * channels) * channels + i % channels
      forward[o] += Double(x[i]) / Double(positions)
      backward[i] = Double(dy[o]) / Double(positions)
    }
    var (y, dx) = (unwritten(dy.count), unwritten(x.count))
    var ySpan = y.mutableSpan
    var dxSpan = dx.mutableSpan
    globalAveragePooling(x.span, samples: samples, channels: channels, into: &ySpan)
    globalAveragePoolingGradient(dy.span, samples: samples, channels: channels, into: &dxSpan)
    expectClose(y, forward, "output")
    expectClose(dx, backward, "input gradient")
  }
}
