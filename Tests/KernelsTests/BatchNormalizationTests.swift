import Kernels
import Storage
import Testing

/// What stands around a batch normalization in one kernel call.
struct NormalizationSetting: CustomTestStringConvertible, Sendable {
  var rows: Int
  var channels: Int
  var addsResidual = false
  var ceiling: Float?
  var hasFurther = false

  var testDescription: String {
    "\(rows)×\(channels)\(addsResidual ? ", residual" : "")"
      + "\(ceiling.map { ", up to \($0)" } ?? "")\(hasFurther ? ", further gradient" : "")"
  }

  /// One row, rows that are no multiple of a block, and channels that fill no vector.
  static let all: [NormalizationSetting] =
    [(1, 1), (2, 1), (7, 3), (333, 3), (64, 15), (131, 16), (33, 17), (66, 20), (1000, 5)]
    .map { NormalizationSetting(rows: $0, channels: $1) }
    + [(1, 64), (70, 33), (65, 50), (129, 64), (63, 100), (3, 130), (200, 16)].map {
      NormalizationSetting(
        rows: $0, channels: $1, addsResidual: true, ceiling: .infinity, hasFurther: true)
    }
    + [
      NormalizationSetting(rows: 140, channels: 24, ceiling: 0.5),
      NormalizationSetting(rows: 140, channels: 24, ceiling: .infinity),
      NormalizationSetting(rows: 75, channels: 48, addsResidual: true),
      NormalizationSetting(rows: 75, channels: 48, addsResidual: true, hasFurther: true),
      NormalizationSetting(rows: 75, channels: 32, addsResidual: true, ceiling: 0.5),
      NormalizationSetting(rows: 75, channels: 32, hasFurther: true),
      NormalizationSetting(rows: 75, channels: 33, ceiling: 0.5, hasFurther: true),
      // Large enough to be taken in the order of memory.
      NormalizationSetting(rows: 21_900, channels: 48, ceiling: 0.5),
      NormalizationSetting(
        rows: 10_507, channels: 100, addsResidual: true, ceiling: .infinity, hasFurther: true),
    ]
}

@Suite struct BatchNormalizationTests {
  @Test(arguments: NormalizationSetting.all)
  func `batch norm and what is fused to it equal Double`(_ s: NormalizationSetting) {
    let (count, channels) = (s.rows * s.channels, s.channels)
    let x = numbers(count, seed: 10)
    let residual = s.addsResidual ? numbers(count, seed: 19) : []
    let outer = numbers(count, seed: 11)
    let further = s.hasFurther ? numbers(count, seed: 9) : []
    let weight = numbers(channels, seed: 12)
    let bias = numbers(channels, seed: 13)
    let epsilon: Float = 1e-3
    func reference(_ dz: [Float]) -> NormalizationReference {
      NormalizationReference(
        x: x, dy: dz, weight: weight, bias: bias, epsilon: Double(epsilon), sets: channels
      ) { $0 % channels }
    }

    var y = unwritten(count)
    var scratch = unwritten(batchNormWorkspaceCount(channels: channels))
    var (mean, variance) = (unwritten(channels), unwritten(channels))
    var (inverse, unbiased) = (unwritten(channels), unwritten(channels))
    var (dw, db) = (unwritten(channels), unwritten(channels))
    var workspace = scratch.mutableSpan
    do {
      var m = mean.mutableSpan
      var v = variance.mutableSpan
      channelMoments(of: x.span, mean: &m, variance: &v, workspace: &workspace)
      var i = inverse.mutableSpan
      inverseDeviations(v.span, epsilon: epsilon, into: &i)
      var u = unbiased.mutableSpan
      unbiasedVariances(v.span, rows: s.rows, into: &u)
      var target = y.mutableSpan
      normalizeChannels(
        x.span, mean: m.span, inverse: i.span, weight: weight.span, bias: bias.span,
        adding: residual.span, ceiling: s.ceiling, into: &target, workspace: &workspace)
    }
    // Where the clamp is open is a matter of the output that was found; the rest is Double's.
    let dz = (0..<count).map { i in
      let open = s.ceiling.map { y[i] > 0 && y[i] < $0 } ?? true
      return open ? outer[i] + (further.isEmpty ? 0 : further[i]) : 0
    }
    let expected = reference(dz)
    let clamped = expected.y.enumerated().map { i, value in
      let sum = value + (residual.isEmpty ? 0 : Double(residual[i]))
      return s.ceiling.map { min(max(sum, 0), Double($0)) } ?? sum
    }
    let limited = s.addsResidual ? y : []
    let remaining = s.addsResidual ? nil : s.ceiling
    var gradient = outer
    var dx = unwritten(count)
    do {
      var w = dw.mutableSpan
      var b = db.mutableSpan
      var g = gradient.mutableSpan
      batchNormParameterGradients(
        x.span, mean: mean.span, inverse: inverse.span, weight: weight.span, bias: bias.span,
        ceiling: s.ceiling, output: limited.span, further: further.span, gradient: &g,
        weightGradient: &w, biasGradient: &b, workspace: &workspace)
      var target = dx.mutableSpan
      batchNormInputGradient(
        x.span, g.span, mean: mean.span, inverse: inverse.span, weight: weight.span,
        bias: bias.span, ceiling: remaining, weightGradient: w.span, biasGradient: b.span,
        into: &target, workspace: &workspace)
    }
    #expect(gradient == (s.addsResidual || s.hasFurther || s.ceiling == nil ? dz : outer))
    expectClose(mean, expected.mean, tolerance: 1e-6, "mean")
    expectClose(variance, expected.variance, tolerance: 1e-6, "variance")
    let factor = Double(s.rows) / Double(max(s.rows - 1, 1))
    expectClose(unbiased, expected.variance.map { $0 * factor }, tolerance: 1e-6, "unbiased")
    expectClose(y, clamped, "output")
    expectClose(dw, expected.dw, "weight gradient")
    expectClose(db, expected.db, "bias gradient")
    expectClose(dx, expected.dx, tolerance: 2e-5, "input gradient")
    // In place, dx has the same bits.
    var g = gradient.mutableSpan
    batchNormInputGradient(
      x.span, Span(), mean: mean.span, inverse: inverse.span, weight: weight.span,
      bias: bias.span, ceiling: remaining, weightGradient: dw.span, biasGradient: db.span,
      into: &g, workspace: &workspace)
    #expect(gradient == dx)
  }

  @Test(arguments: [(200_000, 3, 1), (3000, 20, 0.1), (130, 64, 0.001)] as [(Int, Int, Float)])
  func `statistics far from zero and over many rows lose no digits`(
    rows: Int, channels: Int, deviation: Float
  ) {
    // The first rows lie elsewhere, so that no shift by them would do.
    let x = numbers(rows * channels, seed: 14).enumerated().map { i, value in
      (i < 3 * channels ? 150 : 100) + deviation * value
    }
    var (mean, variance) = (unwritten(channels), unwritten(channels))
    var scratch = unwritten(batchNormWorkspaceCount(channels: channels))
    var m = mean.mutableSpan
    var v = variance.mutableSpan
    var workspace = scratch.mutableSpan
    channelMoments(of: x.span, mean: &m, variance: &v, workspace: &workspace)
    for c in 0..<channels {
      let values = stride(from: c, to: x.count, by: channels).map { Double(x[$0]) }
      let expected = values.reduce(0, +) / Double(rows)
      let spread = values.reduce(0) { $0 + ($1 - expected) * ($1 - expected) } / Double(rows)
      #expect(abs(Double(mean[c]) / expected - 1) < 2e-7)
      #expect(abs(Double(variance[c]) / spread - 1) < 2e-6)
    }
  }

  @Test func `large outputs, written past the caches, have the bits of small ones`() {
    let (rows, channels) = (40_001, 56)
    var x = AlignedArray<Float>(count: rows * channels)
    var y = AlignedArray<Float>(count: rows * channels)
    for (i, value) in numbers(rows * channels, seed: 15).enumerated() { x[i] = value }
    let mean = numbers(channels, seed: 16)
    let factors = numbers(channels, seed: 17)
    func normalize(_ range: Range<Int>, adding: Bool, into y: inout MutableSpan<Float>) {
      var scratch = unwritten(batchNormWorkspaceCount(channels: channels))
      var workspace = scratch.mutableSpan
      let part = x.span.extracting(range)
      normalizeChannels(
        part, mean: mean.span, inverse: factors.span, weight: mean.span, bias: factors.span,
        adding: adding ? part : Span(), ceiling: 1, into: &y, workspace: &workspace)
    }
    for adding in [false, true] {
      var all = y.mutableSpan
      normalize(0..<x.count, adding: adding, into: &all)
      for first in stride(from: 0, to: rows, by: 1000) {
        let range = first * channels..<min(first + 1000, rows) * channels
        var part = unwritten(range.count)
        var target = part.mutableSpan
        normalize(range, adding: adding, into: &target)
        #expect(range.allSatisfy { y[$0] == part[$0 - range.lowerBound] })
      }
    }
  }
}
