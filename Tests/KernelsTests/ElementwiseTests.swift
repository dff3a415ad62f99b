import Foundation
import Kernels
import Storage
import Testing

/// An activation function with its gradient, and the same in Double.
struct ActivationCase: CustomTestStringConvertible, Sendable {
  let name: String
  let forward: @Sendable (Span<Float>, inout MutableSpan<Float>) -> Void
  /// From x and y; dy turns into dx.
  let backward: @Sendable (Span<Float>, Span<Float>, inout MutableSpan<Float>) -> Void
  let function: @Sendable (Double) -> Double
  var testDescription: String { name }

  static let all: [ActivationCase] = [
    ActivationCase(
      name: "relu", forward: { rectify($0, ceiling: .infinity, into: &$1) },
      backward: { rectifyGradient(output: $1, ceiling: .infinity, &$2) },
      function: { max($0, 0) }),
    ActivationCase(
      name: "relu6", forward: { rectify($0, ceiling: 6, into: &$1) },
      backward: { rectifyGradient(output: $1, ceiling: 6, &$2) },
      function: { min(max($0, 0), 6) }),
    ActivationCase(
      name: "leaky relu", forward: { leakyRectify($0, slope: 0.1, into: &$1) },
      backward: { x, _, gradient in leakyRectifyGradient(input: x, slope: 0.1, &gradient) },
      function: { $0 < 0 ? 0.1 * $0 : $0 }),
    ActivationCase(
      name: "sigmoid", forward: { sigmoid($0, into: &$1) },
      backward: { sigmoidGradient(output: $1, &$2) },
      function: { 1 / (1 + exp(-$0)) }),
    ActivationCase(
      name: "tanh", forward: { hyperbolicTangent($0, into: &$1) },
      backward: { hyperbolicTangentGradient(output: $1, &$2) }, function: { tanh($0) }),
    ActivationCase(
      name: "silu", forward: { sigmoidLinear($0, into: &$1) },
      backward: { x, _, gradient in sigmoidLinearGradient(input: x, &gradient) },
      function: { $0 / (1 + exp(-$0)) }),
  ]
}

@Suite struct ElementwiseTests {
  @Test(arguments: ActivationCase.all)
  func `activations and their slopes equal those of Double`(_ c: ActivationCase) {
    let x = numbers(333, seed: 21).map { 8 * $0 }
    let dy = numbers(333, seed: 22)
    var (y, dx) = (unwritten(x.count), dy)
    var ySpan = y.mutableSpan
    c.forward(x.span, &ySpan)
    var dxSpan = dx.mutableSpan
    c.backward(x.span, y.span, &dxSpan)
    let slopes = zip(x, dy).map { x, dy in
      Double(dy) * (c.function(Double(x) + 1e-6) - c.function(Double(x) - 1e-6)) / 2e-6
    }
    expectClose(y, x.map { c.function(Double($0)) }, tolerance: 1e-6, "output")
    expectClose(dx, slopes, tolerance: 2e-6, "gradient")
  }

  @Test(arguments: ActivationCase.all)
  func `NaN passes through activations, and large inputs make none`(_ c: ActivationCase) {
    let x: [Float] = [.nan, 1000, -1000]
    var y = unwritten(3)
    var ySpan = y.mutableSpan
    c.forward(x.span, &ySpan)
    #expect(y[0].isNaN)
    #expect(y[1].isFinite && y[2].isFinite)
  }

  @Test(arguments: [1, 15, 16, 17, 33, 100])
  func `sums, products and copies equal those of each element`(count: Int) {
    let (x, y) = (numbers(count, seed: 25), numbers(count, seed: 26))
    var (sum, clamped, product, copied) = (unwritten(count), unwritten(count), y, unwritten(count))
    var sumSpan = sum.mutableSpan
    add(x.span, y.span, into: &sumSpan)
    var clampedSpan = clamped.mutableSpan
    add(x.span, y.span, ceiling: 0.5, into: &clampedSpan)
    var productSpan = product.mutableSpan
    multiply(&productSpan, by: x.span)
    var copySpan = copied.mutableSpan
    copy(x.span, into: &copySpan)
    #expect(sum == zip(x, y).map(+))
    #expect(clamped == zip(x, y).map { min(max($0 + $1, 0), 0.5) })
    #expect(product == zip(x, y).map(*))
    #expect(copied == x)
    var total = y
    var totalSpan = total.mutableSpan
    add(x.span, to: &totalSpan)
    #expect(total == sum)
  }

  @Test(arguments: [
    (1, 1), (1000, 1), (5, 3), (700, 15), (64, 16), (65, 17), (130, 20), (333, 33), (100, 50),
    (1, 64), (129, 64), (66, 100), (3, 500), (2, 5000),
  ])
  func `a row is added to rows, and rows are summed`(rows: Int, columns: Int) {
    let matrix = numbers(rows * columns, seed: 27)
    let row = numbers(columns, seed: 28)
    var expected = Array(repeating: 0.0, count: columns)
    for i in matrix.indices { expected[i % columns] += Double(matrix[i]) }
    var added = matrix
    var sums = unwritten(columns)
    var target = added.mutableSpan
    addToRows(row.span, of: &target)
    var sumSpan = sums.mutableSpan
    sumRows(of: matrix.span, into: &sumSpan)
    #expect(added == matrix.indices.map { matrix[$0] + row[$0 % columns] })
    expectClose(sums, expected, tolerance: 1e-6, "sums")
  }

  @Test func `dropout keeps the mean, and each element has its own number`() {
    let count = 100_003
    let x = [Float](repeating: 1, count: count)
    let stream = RandomStream(seed: 3, purpose: .dropout, layer: 2, epoch: 1, sample: 7)
    var (y, mask) = (unwritten(count), unwritten(count))
    var ySpan = y.mutableSpan
    var maskSpan = mask.mutableSpan
    dropout(x.span, rate: 0.3, stream: stream, into: &ySpan, mask: &maskSpan)
    #expect(y == mask)
    #expect(Set(mask) == [0, 1 / (1 - Float(0.3))])
    let mean = mask.reduce(0.0) { $0 + Double($1) } / Double(count)
    #expect(abs(mean - 1) < 0.01)
    #expect((0..<count).allSatisfy { (mask[$0] == 0) == (stream.uniform($0) < 0.3) })
  }

  @Test(arguments: [
    (1, 1, 1, 1, 1, 1), (2, 5, 7, 3, 8, 2), (1, 8, 8, 16, 32, 2), (2, 4, 3, 2, 2, 3),
  ])
  func `a padded shortcut takes every position of the stride, channels in the middle`(
    samples: Int, height: Int, width: Int, inputs: Int, outputs: Int, step: Int
  ) {
    let x = numbers(samples * height * width * inputs, seed: 23)
    let (oh, ow) = ((height + step - 1) / step, (width + step - 1) / step)
    let dy = numbers(samples * oh * ow * outputs, seed: 24)
    var forward = Array(repeating: 0.0, count: dy.count)
    var backward = Array(repeating: 0.0, count: x.count)
    for n in 0..<samples {
      for h in 0..<oh {
        for w in 0..<ow {
          for c in 0..<inputs {
            let i = ((n * height + h * step) * width + w * step) * inputs + c
            let o = ((n * oh + h) * ow + w) * outputs + (outputs - inputs) / 2 + c
            forward[o] = Double(x[i])
            backward[i] = Double(dy[o])
          }
        }
      }
    }
    let plane = Extent2D(height, width)
    var (y, dx) = (unwritten(dy.count), unwritten(x.count))
    var ySpan = y.mutableSpan
    var dxSpan = dx.mutableSpan
    paddedShortcut(
      x.span, plane: plane, stride: step, inputs: inputs, outputs: outputs, into: &ySpan)
    paddedShortcutGradient(
      dy.span, plane: plane, stride: step, inputs: inputs, outputs: outputs, into: &dxSpan)
    expectClose(y, forward, "output")
    expectClose(dx, backward, "input gradient")
  }
}
