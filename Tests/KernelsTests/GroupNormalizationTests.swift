import Kernels
import Storage
import Testing

@Suite struct GroupNormalizationTests {
  @Test(arguments: [
    (1, 1, 1, 1), (2, 9, 6, 3), (3, 5, 17, 1), (2, 1, 8, 8), (1, 49, 32, 4), (40, 1, 19, 1),
  ])
  func `group norm equals Double`(samples: Int, positions: Int, channels: Int, groups: Int) {
    let shape = GroupNormGeometry(
      samples: samples, positions: positions, channels: channels, groups: groups)
    let x = numbers(shape.count, seed: 15).map { 3 + $0 }
    let dy = numbers(shape.count, seed: 16)
    let weight = numbers(channels, seed: 17)
    let bias = numbers(channels, seed: 18)
    let epsilon: Float = 1e-3
    let reference = NormalizationReference(
      x: x, dy: dy, weight: weight, bias: bias, epsilon: Double(epsilon), sets: samples * groups
    ) { $0 / (positions * channels) * groups + $0 % channels / (channels / groups) }

    var (y, dx) = (unwritten(x.count), unwritten(x.count))
    var (dw, db) = (unwritten(channels), unwritten(channels))
    var (mean, inverse) = (unwritten(samples * groups), unwritten(samples * groups))
    do {
      var m = mean.mutableSpan
      var i = inverse.mutableSpan
      var target = y.mutableSpan
      groupNormalization(
        x.span, shape, epsilon: epsilon, weight: weight.span, bias: bias.span, mean: &m,
        inverse: &i, into: &target)
    }
    var w = dw.mutableSpan
    var b = db.mutableSpan
    var target = dx.mutableSpan
    groupNormParameterGradients(
      x.span, dy.span, shape, mean: mean.span, inverse: inverse.span, weightGradient: &w,
      biasGradient: &b)
    groupNormInputGradient(
      x.span, dy.span, shape, mean: mean.span, inverse: inverse.span, weight: weight.span,
      into: &target)
    expectClose(mean, reference.mean, "mean")
    expectClose(y, reference.y, tolerance: 2e-5, "output")
    expectClose(dw, reference.dw, tolerance: 2e-5, "weight gradient")
    expectClose(db, reference.db, "bias gradient")
    expectClose(dx, reference.dx, tolerance: 2e-5, "input gradient")
  }
}
