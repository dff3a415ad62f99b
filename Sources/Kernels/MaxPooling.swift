import CVectors
import Storage

/// Overwrites y [N, OH, OW, C] with the largest input of each window; padding never wins.
///
/// The first of equals wins, in the order of the window's elements; NaN wins over numbers. The
/// padding is smaller than the window.
///
/// - Parameters:
///   - x: [N, H, W, C].
///   - indices: [N, OH, OW, C], overwritten with where each winner lies in its sample.
public func maxPooling(
  _ x: Span<Float>, _ window: WindowGeometry, channels: Int, into y: inout MutableSpan<Float>,
  indices: inout MutableSpan<Int32>
) {
  precondition(indices.count == y.count, "\(indices.count) indices for \(y.count) outputs")
  precondition(
    window.padding.height < window.kernel.height && window.padding.width < window.kernel.width,
    "a window \(window.kernel) in the padding \(window.padding)")
  var shape = poolingShape(window, channels: channels, x: x.count, y: y.count)
  let best = unsafe y.mutableAddress
  unsafe indices.withUnsafeMutableBufferPointer { winners in
    unsafe lockstep_max_pooling(x.address, &shape, best, winners.baseAddress)
  }
}

/// Overwrites dx [N, H, W, C]: each output's gradient goes to the input that won.
public func maxPoolingGradient(
  _ dy: Span<Float>, indices: Span<Int32>, _ window: WindowGeometry, channels: Int,
  into dx: inout MutableSpan<Float>
) {
  precondition(indices.count == dy.count, "\(indices.count) indices for \(dy.count) outputs")
  var shape = poolingShape(window, channels: channels, x: dx.count, y: dy.count)
  let target = unsafe dx.mutableAddress
  unsafe indices.withUnsafeBufferPointer { winners in
    unsafe lockstep_max_pooling_gradient(dy.address, winners.baseAddress, &shape, target)
  }
}

/// The shapes of a pooling of x [N, H, W, C] into y [N, OH, OW, C]; stops if they do not fit.
func poolingShape(_ window: WindowGeometry, channels: Int, x: Int, y: Int) -> lockstep_pooling {
  let samples = x / (window.input.count * channels)
  precondition(
    x == samples * window.input.count * channels && y == samples * window.output.count * channels
      && window.dilation == 1,
    "\(x) inputs and \(y) outputs of \(window) with \(channels) channels")
  return lockstep_pooling(
    samples: samples, channels: channels, input_height: window.input.height,
    input_width: window.input.width, output_height: window.output.height,
    output_width: window.output.width, kernel_height: window.kernel.height,
    kernel_width: window.kernel.width, stride_height: window.stride.height,
    stride_width: window.stride.width, padding_height: window.padding.height,
    padding_width: window.padding.width)
}
