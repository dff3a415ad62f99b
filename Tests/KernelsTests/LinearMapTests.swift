import Kernels
import Testing

@Suite struct LinearMapTests {
  /// Outputs that fill vectors and that do not, more samples than a panel has columns, and one.
  @Test(arguments: [
    (3, 7, 5), (1, 1, 16), (2, 50, 17), (4, 33, 130), (16, 100, 64), (17, 21, 48), (64, 9, 500),
    (70, 97, 33), (130, 49, 20),
  ])
  func `products and their gradients agree with a loop nest in Double`(
    samples: Int, inputs: Int, outputs: Int
  ) {
    let x = numbers(samples * inputs, seed: 1)
    let w = numbers(inputs * outputs, seed: 2)
    let dy = numbers(samples * outputs, seed: 3)
    var expected = Array(repeating: 0.0, count: dy.count)
    var expectedW = Array(repeating: 0.0, count: w.count)
    var expectedX = Array(repeating: 0.0, count: x.count)
    for n in 0..<samples {
      for i in 0..<inputs {
        for j in 0..<outputs {
          expected[n * outputs + j] += Double(x[n * inputs + i]) * Double(w[i * outputs + j])
          expectedW[i * outputs + j] += Double(x[n * inputs + i]) * Double(dy[n * outputs + j])
          expectedX[n * inputs + i] += Double(dy[n * outputs + j]) * Double(w[i * outputs + j])
        }
      }
    }

    let map = LinearMap(inputs: inputs, outputs: outputs, samples: samples)
    var (y, dw, dx) = (unwritten(dy.count), unwritten(w.count), unwritten(x.count))
    var memory = unwritten(map.workspaceCount)
    var ySpan = y.mutableSpan
    var dwSpan = dw.mutableSpan
    var dxSpan = dx.mutableSpan
    var workspace = memory.mutableSpan
    map.forward(x.span, w.span, into: &ySpan)
    map.weightGradient(x.span, dy.span, into: &dwSpan)
    map.inputGradient(dy.span, w.span, into: &dxSpan, workspace: &workspace)
    expectClose(y, expected, "output")
    expectClose(dw, expectedW, "weight gradient")
    expectClose(dx, expectedX, "input gradient")
  }
}
