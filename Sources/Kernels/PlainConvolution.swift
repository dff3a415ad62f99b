import Storage

/// Overwrites y [N, OH, OW, Cout] with the convolution of x [N, H, W, Cin] and the weights.
///
/// y[n, o, j] = Σ x[n, o·stride − padding + k·dilation, i]·w[k, i, j] over kernel elements k and
/// the input channels i of j's group: what the field calls a convolution, the kernel not flipped.
///
/// - Parameters:
///   - weights: [KH, KW, Cin/groups, Cout].
///   - workspace: `shape.workspaceCount(samples:)` floats, overwritten.
public func plainConvolution(
  _ x: Span<Float>, _ weights: Span<Float>, _ shape: ConvolutionGeometry, samples: Int,
  into y: inout MutableSpan<Float>, workspace: inout MutableSpan<Float>
) {
  shape.check(samples: samples, x: x.count, weights: weights.count, y: y.count)
  if shape.path == .depthwise {
    return depthwiseConvolution(x, weights, shape, samples: samples, into: &y)
  }
  let positions = samples * shape.window.output.count
  let (inputs, outputs) = (shape.groupInputs, shape.groupOutputs)
  for group in 0..<shape.groups {
    let kernel = weights.extracting(group * outputs..<weights.count)
    if shape.path == .pointwise {
      var target = y.slice(group * outputs..<y.count)
      matrixProduct(
        x.extracting(group * inputs..<x.count), kernel, into: &target, m: positions, n: outputs,
        k: inputs, rowA: shape.inputChannels, rowB: shape.outputChannels,
        rowC: shape.outputChannels)
      continue
    }
    for first in stride(from: 0, to: positions, by: shape.blockPositions) {
      let block = first..<min(first + shape.blockPositions, positions)
      var patches = workspace.slice(0..<block.count * shape.patch)
      gatherPatches(x, shape, group: group, positions: block, into: &patches)
      var target = y.slice(first * shape.outputChannels + group * outputs..<y.count)
      matrixProduct(
        patches.span, kernel, into: &target, m: block.count, n: outputs, k: shape.patch,
        rowB: shape.outputChannels, rowC: shape.outputChannels)
    }
  }
}

/// Overwrites the gradient of the weights, [KH, KW, Cin/groups, Cout].
///
/// The products of the blocks of positions are added up in their order.
///
/// - Parameters:
///   - dy: the loss's gradient with respect to the output, [N, OH, OW, Cout].
///   - workspace: `shape.workspaceCount(samples:)` floats, overwritten.
public func plainWeightGradient(
  _ x: Span<Float>, _ dy: Span<Float>, _ shape: ConvolutionGeometry, samples: Int,
  into gradient: inout MutableSpan<Float>, workspace: inout MutableSpan<Float>
) {
  shape.check(samples: samples, x: x.count, weights: gradient.count, y: dy.count)
  if shape.path == .depthwise {
    return depthwiseWeightGradient(x, dy, shape, samples: samples, into: &gradient)
  }
  let positions = samples * shape.window.output.count
  let (inputs, outputs) = (shape.groupInputs, shape.groupOutputs)
  for group in 0..<shape.groups {
    var target = gradient.slice(group * outputs..<gradient.count)
    if shape.path == .pointwise {
      matrixProduct(
        x.extracting(group * inputs..<x.count), dy.extracting(group * outputs..<dy.count),
        into: &target, m: inputs, n: outputs, k: positions, transposingA: true,
        rowA: shape.inputChannels, rowB: shape.outputChannels, rowC: shape.outputChannels)
      continue
    }
    for first in stride(from: 0, to: positions, by: shape.blockPositions) {
      let block = first..<min(first + shape.blockPositions, positions)
      var patches = workspace.slice(0..<block.count * shape.patch)
      gatherPatches(x, shape, group: group, positions: block, into: &patches)
      matrixProduct(
        patches.span, dy.extracting(first * shape.outputChannels + group * outputs..<dy.count),
        into: &target, m: shape.patch, n: outputs, k: block.count, transposingA: true,
        adding: first > 0, rowB: shape.outputChannels, rowC: shape.outputChannels)
    }
  }
}

/// Overwrites the gradient of the input, [N, H, W, Cin].
///
/// - Parameters:
///   - dy: the loss's gradient with respect to the output, [N, OH, OW, Cout].
///   - workspace: `shape.workspaceCount(samples:)` floats, overwritten.
public func plainInputGradient(
  _ dy: Span<Float>, _ weights: Span<Float>, _ shape: ConvolutionGeometry, samples: Int,
  into dx: inout MutableSpan<Float>, workspace: inout MutableSpan<Float>
) {
  shape.check(samples: samples, x: dx.count, weights: weights.count, y: dy.count)
  if shape.path == .depthwise {
    return depthwiseInputGradient(dy, weights, shape, samples: samples, into: &dx)
  }
  let positions = samples * shape.window.output.count
  let (inputs, outputs) = (shape.groupInputs, shape.groupOutputs)
  if shape.path == .patches { fill(&dx, with: 0) }
  for group in 0..<shape.groups {
    let kernel = weights.extracting(group * outputs..<weights.count)
    if shape.path == .pointwise {
      var target = dx.slice(group * inputs..<dx.count)
      matrixProduct(
        dy.extracting(group * outputs..<dy.count), kernel, into: &target, m: positions, n: inputs,
        k: outputs, transposingB: true, rowA: shape.outputChannels, rowB: shape.outputChannels,
        rowC: shape.inputChannels)
      continue
    }
    for first in stride(from: 0, to: positions, by: shape.blockPositions) {
      let block = first..<min(first + shape.blockPositions, positions)
      var patches = workspace.slice(0..<block.count * shape.patch)
      matrixProduct(
        dy.extracting(first * shape.outputChannels + group * outputs..<dy.count), kernel,
        into: &patches, m: block.count, n: shape.patch, k: outputs, transposingB: true,
        rowA: shape.outputChannels, rowB: shape.outputChannels)
      scatterPatches(patches.span, shape, group: group, positions: block, adding: &dx)
    }
  }
}
