import Kernels
import Storage
import Testing

/// A convolution and its gradients as plain loop nests in Double.
struct ConvolutionReference {
  var y: [Double]
  var dw: [Double]
  var dx: [Double]

  init(_ c: ConvolutionCase, x: [Float], w: [Float], dy: [Float]) {
    let (cin, cout) = c.channels
    let out = c.geometry.window.output
    let inner = cin / c.groups
    y = Array(repeating: 0, count: dy.count)
    dw = Array(repeating: 0, count: w.count)
    dx = Array(repeating: 0, count: x.count)
    for n in 0..<c.samples {
      for oh in 0..<out.height {
        for ow in 0..<out.width {
          for kh in 0..<c.kernel.height {
            for kw in 0..<c.kernel.width {
              let h = oh * c.stride.height - c.padding.height + kh * c.dilation.height
              let v = ow * c.stride.width - c.padding.width + kw * c.dilation.width
              guard h >= 0, h < c.input.height, v >= 0, v < c.input.width else { continue }
              for j in 0..<cout {
                let group = j / (cout / c.groups)
                for i in 0..<inner {
                  let xi = ((n * c.input.height + h) * c.input.width + v) * cin + group * inner + i
                  let wi = ((kh * c.kernel.width + kw) * inner + i) * cout + j
                  let yi = ((n * out.height + oh) * out.width + ow) * cout + j
                  y[yi] += Double(x[xi]) * Double(w[wi])
                  dw[wi] += Double(x[xi]) * Double(dy[yi])
                  dx[xi] += Double(w[wi]) * Double(dy[yi])
                }
              }
            }
          }
        }
      }
    }
  }
}

@Suite struct ConvolutionTests {
  @Test(arguments: ConvolutionCase.all)
  func `convolutions and their gradients equal a loop nest in Double`(_ c: ConvolutionCase) {
    let shape = c.geometry
    let x = numbers(c.samples * c.input.count * c.channels.0, seed: 1)
    let w = numbers(c.kernel.count * c.channels.0 / c.groups * c.channels.1, seed: 2)
    let dy = numbers(c.samples * shape.window.output.count * c.channels.1, seed: 3)
    let reference = ConvolutionReference(c, x: x, w: w, dy: dy)

    var (y, dw, dx) = (unwritten(dy.count), unwritten(w.count), unwritten(x.count))
    var memory = unwritten(shape.workspaceCount(samples: c.samples))
    var ySpan = y.mutableSpan
    var dwSpan = dw.mutableSpan
    var dxSpan = dx.mutableSpan
    var workspace = memory.mutableSpan
    plainConvolution(
      x.span, w.span, shape, samples: c.samples, into: &ySpan, workspace: &workspace)
    plainWeightGradient(
      x.span, dy.span, shape, samples: c.samples, into: &dwSpan, workspace: &workspace)
    plainInputGradient(
      dy.span, w.span, shape, samples: c.samples, into: &dxSpan, workspace: &workspace)

    expectClose(y, reference.y, "output")
    expectClose(dw, reference.dw, "weight gradient")
    expectClose(dx, reference.dx, "input gradient")
  }

  @Test(arguments: ConvolutionCase.all + ConvolutionCase.wide)
  func `fast convolutions agree with a loop nest in Double`(_ c: ConvolutionCase) {
    let shape = c.geometry
    let x = numbers(c.samples * c.input.count * c.channels.0, seed: 1)
    let w = numbers(c.kernel.count * c.channels.0 / c.groups * c.channels.1, seed: 2)
    let dy = numbers(c.samples * shape.window.output.count * c.channels.1, seed: 3)
    let reference = ConvolutionReference(c, x: x, w: w, dy: dy)

    let fast = Convolution(shape, samples: c.samples)
    var (y, dw, dx) = (unwritten(dy.count), unwritten(w.count), unwritten(x.count))
    var memory = unwritten(fast.workspaceCount)
    var forwardMemory = unwritten(fast.preparedCount)
    var gradientMemory = unwritten(fast.preparedGradientCount)
    var ySpan = y.mutableSpan
    var dwSpan = dw.mutableSpan
    var dxSpan = dx.mutableSpan
    var workspace = memory.mutableSpan
    var prepared = forwardMemory.mutableSpan
    fast.prepare(w.span, into: &prepared)
    var preparedGradient = gradientMemory.mutableSpan
    fast.prepareGradient(w.span, into: &preparedGradient)
    fast.forward(x.span, w.span, prepared: prepared.span, into: &ySpan, workspace: &workspace)
    fast.weightGradient(x.span, dy.span, into: &dwSpan, workspace: &workspace)
    fast.inputGradient(
      dy.span, w.span, prepared: preparedGradient.span, into: &dxSpan, workspace: &workspace)

    // Issue 3: within 1e-4 of the largest value.
    expectClose(y, reference.y, tolerance: 1e-4, "output")
    expectClose(dw, reference.dw, tolerance: 1e-4, "weight gradient")
    expectClose(dx, reference.dx, tolerance: 1e-4, "input gradient")
  }

  @Test func `the problem table reaches every path`() {
    let paths = Set(ConvolutionCase.all.map { $0.geometry.path })
    #expect(paths == [.pointwise, .depthwise, .patches])
    let fast = (ConvolutionCase.all + ConvolutionCase.wide).map {
      Convolution($0.geometry, samples: $0.samples)
    }
    let methods: Set<Convolution.Method> = [.winograd, .direct, .depthwise, .plain]
    #expect(Set(fast.map(\.forwardMethod)) == methods)
    #expect(Set(fast.map(\.inputGradientMethod)) == methods)
    #expect(Set(fast.map(\.weightGradientMethod)) == methods)
  }
}
