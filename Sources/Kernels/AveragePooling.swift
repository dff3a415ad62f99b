import CVectors
import Storage

/// Overwrites y [N, OH, OW, C] with the mean of each window of x [N, H, W, C].
///
/// Padding counts as zeros: every sum is divided by KH·KW (PyTorch's `count_include_pad=True`).
public func averagePooling(
  _ x: Span<Float>, _ window: WindowGeometry, channels: Int, into y: inout MutableSpan<Float>
) {
  var shape = poolingShape(window, channels: channels, x: x.count, y: y.count)
  unsafe lockstep_average_pooling(
    x.address, &shape, 1 / Float(window.kernel.count), y.mutableAddress)
}

/// Overwrites dx [N, H, W, C]: each input takes 1 / (KH·KW) of every output that saw it.
public func averagePoolingGradient(
  _ dy: Span<Float>, _ window: WindowGeometry, channels: Int, into dx: inout MutableSpan<Float>
) {
  var shape = poolingShape(window, channels: channels, x: dx.count, y: dy.count)
  unsafe lockstep_average_pooling_gradient(
    dy.address, &shape, 1 / Float(window.kernel.count), dx.mutableAddress)
}

/// Overwrites y [N, C] with the means of x [N, positions, C] over the positions, in their order.
public func globalAveragePooling(
  _ x: Span<Float>, samples: Int, channels: Int, into y: inout MutableSpan<Float>
) {
  let sample = x.count / samples
  precondition(
    x.count == samples * sample && sample % channels == 0 && y.count == samples * channels,
    "\(x.count) inputs and \(y.count) outputs of \(samples) samples with \(channels) channels")
  let share = 1 / Float(sample / channels)
  for n in 0..<samples {
    var means = y.slice(n * channels..<(n + 1) * channels)
    sumRows(of: x.extracting(n * sample..<(n + 1) * sample), into: &means)
    for c in 0..<channels { means[c] *= share }
  }
}

/// Overwrites dx [N, positions, C]: every position takes the same share of dy [N, C].
public func globalAveragePoolingGradient(
  _ dy: Span<Float>, samples: Int, channels: Int, into dx: inout MutableSpan<Float>
) {
  let sample = dx.count / samples
  precondition(
    dx.count == samples * sample && sample % channels == 0 && dy.count == samples * channels,
    "\(dx.count) inputs and \(dy.count) outputs of \(samples) samples with \(channels) channels")
  let share = 1 / Float(sample / channels)
  for n in 0..<samples {
    let outer = dy.extracting(n * channels..<(n + 1) * channels)
    for start in stride(from: n * sample, to: (n + 1) * sample, by: channels) {
      var target = dx.slice(start..<start + channels)
      for c in 0..<channels { target[c] = outer[c] * share }
    }
  }
}
