import Storage

/// Overwrites y [N, OH, OW, C] with x [N, H, W, C] convolved channel by channel.
///
/// Each sum runs over the kernel's elements in their order; weights are [KH, KW, 1, C].
func depthwiseConvolution(
  _ x: Span<Float>, _ weights: Span<Float>, _ shape: ConvolutionGeometry, samples: Int,
  into y: inout MutableSpan<Float>
) {
  let window = shape.window
  let channels = shape.inputChannels
  var place = OutputPlace(0, window)
  for position in 0..<samples * window.output.count {
    var target = y.slice(position * channels..<(position + 1) * channels)
    fill(&target, with: 0)
    for kh in window.rowsInside(place.row) {
      for kw in window.columnsInside(place.column) {
        let from = shape.depthwiseInput(place, kh, kw)
        let k = (kh * window.kernel.width + kw) * channels
        let source = x.extracting(from..<from + channels)
        let factors = weights.extracting(k..<k + channels)
        for c in 0..<channels { target[c] += source[c] * factors[c] }
      }
    }
    place.advance(window)
  }
}

/// Overwrites the gradient of depthwise weights, [KH, KW, 1, C], summed in the order of positions.
func depthwiseWeightGradient(
  _ x: Span<Float>, _ dy: Span<Float>, _ shape: ConvolutionGeometry, samples: Int,
  into gradient: inout MutableSpan<Float>
) {
  let window = shape.window
  let channels = shape.inputChannels
  fill(&gradient, with: 0)
  var place = OutputPlace(0, window)
  for position in 0..<samples * window.output.count {
    let outer = dy.extracting(position * channels..<(position + 1) * channels)
    for kh in window.rowsInside(place.row) {
      for kw in window.columnsInside(place.column) {
        let from = shape.depthwiseInput(place, kh, kw)
        let k = (kh * window.kernel.width + kw) * channels
        let source = x.extracting(from..<from + channels)
        var target = gradient.slice(k..<k + channels)
        for c in 0..<channels { target[c] += source[c] * outer[c] }
      }
    }
    place.advance(window)
  }
}

/// Overwrites the gradient of a depthwise convolution's input, [N, H, W, C].
func depthwiseInputGradient(
  _ dy: Span<Float>, _ weights: Span<Float>, _ shape: ConvolutionGeometry, samples: Int,
  into dx: inout MutableSpan<Float>
) {
  let window = shape.window
  let channels = shape.inputChannels
  fill(&dx, with: 0)
  var place = OutputPlace(0, window)
  for position in 0..<samples * window.output.count {
    let outer = dy.extracting(position * channels..<(position + 1) * channels)
    for kh in window.rowsInside(place.row) {
      for kw in window.columnsInside(place.column) {
        let to = shape.depthwiseInput(place, kh, kw)
        let k = (kh * window.kernel.width + kw) * channels
        let factors = weights.extracting(k..<k + channels)
        var target = dx.slice(to..<to + channels)
        for c in 0..<channels { target[c] += factors[c] * outer[c] }
      }
    }
    place.advance(window)
  }
}

extension ConvolutionGeometry {
  /// The first element of the input under kernel element (kh, kw) of a window.
  fileprivate func depthwiseInput(_ place: OutputPlace, _ kh: Int, _ kw: Int) -> Int {
    let row = window.firstRow(place.row) + kh * window.dilation.height
    let column = window.firstColumn(place.column) + kw * window.dilation.width
    let line = place.sample * window.input.height + row
    return (line * window.input.width + column) * inputChannels
  }
}
