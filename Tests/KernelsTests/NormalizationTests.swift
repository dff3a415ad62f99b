import Kernels
import Storage
import Testing

@Suite struct NormalizationTests {
  @Test(arguments: [(1, 1), (2, 1), (7, 3), (64, 16), (33, 17), (1000, 5)])
  func `batch norm equals Double`(rows: Int, channels: Int) {
    let x = numbers(rows * channels, seed: 10)
    let dy = numbers(rows * channels, seed: 11)
    let weight = numbers(channels, seed: 12)
    let bias = numbers(channels, seed: 13)
    let epsilon: Float = 1e-3
    let reference = NormalizationReference(
      x: x, dy: dy, weight: weight, bias: bias, epsilon: Double(epsilon), sets: channels
    ) { $0 % channels }

    var (y, dx) = (unwritten(x.count), unwritten(x.count))
    var scratch = unwritten(2 * channels)
    var mean = unwritten(channels)
    var variance = unwritten(channels)
    var inverse = unwritten(channels)
    var unbiased = unwritten(channels)
    var (dw, db) = (unwritten(channels), unwritten(channels))
    var scratchSpan = scratch.mutableSpan
    do {
      var m = mean.mutableSpan
      var v = variance.mutableSpan
      var half = scratchSpan.slice(0..<channels)
      channelMoments(of: x.span, mean: &m, variance: &v, workspace: &half)
    }
    do {
      var i = inverse.mutableSpan
      inverseDeviations(variance.span, epsilon: epsilon, into: &i)
      var u = unbiased.mutableSpan
      unbiasedVariances(variance.span, rows: rows, into: &u)
      var target = y.mutableSpan
      normalizeChannels(
        x.span, mean: mean.span, inverse: inverse.span, weight: weight.span, bias: bias.span,
        into: &target)
    }
    do {
      var w = dw.mutableSpan
      var b = db.mutableSpan
      batchNormParameterGradients(
        x.span, dy.span, mean: mean.span, inverse: inverse.span, weightGradient: &w,
        biasGradient: &b, workspace: &scratchSpan)
      var target = dx.mutableSpan
      batchNormInputGradient(
        x.span, dy.span, mean: mean.span, inverse: inverse.span, weight: weight.span,
        weightGradient: dw.span, biasGradient: db.span, into: &target)
    }
    expectClose(mean, reference.mean, tolerance: 1e-6, "mean")
    expectClose(variance, reference.variance, tolerance: 1e-6, "variance")
    let factor = Double(rows) / Double(max(rows - 1, 1))
    expectClose(unbiased, reference.variance.map { $0 * factor }, tolerance: 1e-6, "unbiased")
    expectClose(y, reference.y, "output")
    expectClose(dw, reference.dw, "weight gradient")
    expectClose(db, reference.db, "bias gradient")
    expectClose(dx, reference.dx, tolerance: 2e-5, "input gradient")
  }

  @Test func `statistics far from zero and over many rows lose no digits`() {
    let (rows, channels) = (200_000, 3)
    let x = numbers(rows * channels, seed: 14).map { 100 + $0 }
    var (mean, variance) = (unwritten(channels), unwritten(channels))
    var scratch = unwritten(channels)
    var m = mean.mutableSpan
    var v = variance.mutableSpan
    var lost = scratch.mutableSpan
    channelMoments(of: x.span, mean: &m, variance: &v, workspace: &lost)
    for c in 0..<channels {
      let values = stride(from: c, to: x.count, by: channels).map { Double(x[$0]) }
      let expected = values.reduce(0, +) / Double(rows)
      let spread = values.reduce(0) { $0 + ($1 - expected) * ($1 - expected) } / Double(rows)
      #expect(abs(Double(mean[c]) / expected - 1) < 2e-7)
      #expect(abs(Double(variance[c]) / spread - 1) < 2e-6)
    }
  }

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
