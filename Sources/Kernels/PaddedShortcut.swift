public import Storage

/// Overwrites y [N, OH, OW, Cout] with every `stride`-th position of x, between channels of zeros.
///
/// (He et al., "Deep residual learning", 2015, shortcut option A.) Channel c of x becomes channel
/// c + (Cout − Cin) / 2 of y; OH = ⌈H / stride⌉, and likewise the width.
///
/// - Parameter x: [N, H, W, Cin].
public func paddedShortcut(
  _ x: Span<Float>, plane: Extent2D, stride: Int, inputs: Int, outputs: Int,
  into y: inout MutableSpan<Float>
) {
  let shape = ShortcutShape(plane, stride, inputs, outputs, x: x.count, y: y.count)
  fill(&y, with: 0)
  for place in 0..<shape.places {
    let (from, to) = (shape.source(place), shape.target(place))
    let source = x.extracting(from..<from + inputs)
    var target = y.slice(to..<to + inputs)
    for c in 0..<inputs { target[c] = source[c] }
  }
}

/// Overwrites dx [N, H, W, Cin]: the gradient of what was taken, 0 elsewhere.
public func paddedShortcutGradient(
  _ dy: Span<Float>, plane: Extent2D, stride: Int, inputs: Int, outputs: Int,
  into dx: inout MutableSpan<Float>
) {
  let shape = ShortcutShape(plane, stride, inputs, outputs, x: dx.count, y: dy.count)
  fill(&dx, with: 0)
  for place in 0..<shape.places {
    let (to, from) = (shape.source(place), shape.target(place))
    let source = dy.extracting(from..<from + inputs)
    var target = dx.slice(to..<to + inputs)
    for c in 0..<inputs { target[c] = source[c] }
  }
}

/// Where positions of the output come from.
private struct ShortcutShape {
  let plane: Extent2D
  let output: Extent2D
  let stride: Int
  let inputs: Int
  let outputs: Int
  /// Output positions of all samples.
  let places: Int

  init(_ plane: Extent2D, _ stride: Int, _ inputs: Int, _ outputs: Int, x: Int, y: Int) {
    self.plane = plane
    self.stride = stride
    self.inputs = inputs
    self.outputs = outputs
    output = Extent2D(
      (plane.height + stride - 1) / stride, (plane.width + stride - 1) / stride)
    places = x / (plane.count * inputs) * output.count
    precondition(
      inputs <= outputs && x == places / output.count * plane.count * inputs
        && y == places * outputs,
      "\(x) inputs of \(plane)×\(inputs), \(y) outputs of \(output)×\(outputs)")
  }

  func source(_ place: Int) -> Int {
    let sample = place / output.count
    let row = place % output.count / output.width * stride
    let column = place % output.width * stride
    return ((sample * plane.height + row) * plane.width + column) * inputs
  }

  func target(_ place: Int) -> Int { place * outputs + (outputs - inputs) / 2 }
}
