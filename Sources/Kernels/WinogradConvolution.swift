import CVectors
import Storage

/// A convolution by Winograd's minimal filtering of a tile of outputs at a time: F(4×4, 3×3), which
/// sees windows of 6×6, or F(4×4, 5×5), which sees 8×8, or F(2×2, 3×3) for images that are no larger.
///
/// Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016. A pass transforms a
/// block of windows, multiplies over the channels, once for each element of a window, and transforms
/// back. The products take 4, 6.25 or 2.25 times fewer multiplications than the kernels.
///
/// Transformed kernels that stay in the cache are prepared once a step. Larger ones would come from
/// main memory for each micro-batch; to transform them piece by piece where they are used is faster.
struct WinogradConvolution {
  let shape: ConvolutionGeometry

  init(_ shape: ConvolutionGeometry) { self.shape = shape }

  /// Rows of kernels that are transformed, or whose gradients are summed, at a time.
  static let kernelRows = 32

  var inputs: Int { shape.inputChannels }
  var outputs: Int { shape.outputChannels }
  private var kernelSide: Int { shape.window.kernel.height }
  /// Outputs along a tile's side.
  private var tileSide: Int {
    let images = [shape.window.input, shape.window.output]
    return kernelSide == 3 && images.allSatisfy { max($0.height, $0.width) <= 2 } ? 2 : 4
  }
  /// Inputs along a window's side.
  var windowSide: Int { kernelSide + tileSide - 1 }
  /// Elements of a window.
  var elements: Int { windowSide * windowSide }

  /// Whether kernels are prepared, and not transformed where they are used.
  var preparesKernels: Bool { elements * inputs * outputs <= 640 << 10 }

  /// Floats of what `forward` reads.
  var kernelCount: Int { preparesKernels ? transformedCount(inputs, outputs) : shape.weightCount }
  /// Floats of what `inputGradient` reads, and the transposed weights that it is made from.
  var transposedKernelCount: Int {
    (preparesKernels ? transformedCount(outputs, inputs) : 0) + shape.weightCount
  }

  // MARK: Blocks

  /// Floats of scratch memory of any pass.
  func workspaceCount(samples: Int) -> Int {
    let piece = elements * stride(Self.kernelRows, ColumnPanels.most)
    // The input's gradient takes one of the two, and the forward pass the first.
    let most = max(forwardTiles.count(samples: samples), fullTiles.count(samples: samples))
    let block = min(blockTiles, most)
    let passes =
      max(transformedCount(block, inputs), transformedCount(block, outputs))
      + elements * stride(block, ColumnPanels.most) + piece
    let gradients = gradientTransforms(samples: samples) + sumsCount(samples: samples)
    // The adjoint may take the input's gradient from the same transforms.
    let tiles = min(gradientBlockTiles, forwardTiles.count(samples: samples))
    let products = usesAdjoint ? elements * stride(tiles, ColumnPanels.most) + piece : 0
    return max(gradients + products, passes)
  }

  /// Tiles that are transformed together: with their products they take about a third of the second
  /// level of the cache, which also holds kernels, and what is fetched for the next block.
  var blockTiles: Int {
    if !preparesKernels { return 48 }
    let bytesOfTile = elements * (inputs + outputs) * MemoryLayout<Float>.size
    let rows = rowsHeld(columns: min(outputs, ColumnPanels.most))
    return max(12, (352 << 10) / bytesOfTile / rows * rows)
  }

  // Transformed tiles or kernels lie panel by panel of their channels, [elements][rows][columns of the
  // panel]: products read them in order.

  /// From one element of the window to the next; a cache line more than needed, so that they do not
  /// all fall into the same lines of a set-associative cache.
  func stride(_ rows: Int, _ columns: Int) -> Int { rows * columns + Self.margin }
  static let margin = 16

  /// Floats of all panels.
  func transformedCount(_ rows: Int, _ columns: Int) -> Int {
    start(rows, columns..<columns, number: ColumnPanels(columns: columns).count)
  }

  /// Where a panel begins.
  func start(_ rows: Int, _ panel: Range<Int>, number: Int) -> Int {
    elements * (rows * panel.lowerBound + number * Self.margin)
  }

  var forwardTiles: Tiles {
    Tiles(
      image: shape.window.output, side: tileSide, window: windowSide,
      padding: shape.window.padding)
  }

  /// The input's gradient as a convolution of the output's gradient with the reversed kernel.
  private var fullTiles: Tiles {
    let padding = shape.window.padding
    return Tiles(
      image: shape.window.input, side: tileSide, window: windowSide,
      padding: Extent2D(kernelSide - 1 - padding.height, kernelSide - 1 - padding.width))
  }

  /// Whether the input's gradient is computed by the adjoint of the forward pass: that adds up
  /// overlapping windows, and is worth it where there are far fewer tiles of outputs than of inputs.
  var usesAdjoint: Bool {
    3 * forwardTiles.count(samples: 1) < 2 * fullTiles.count(samples: 1)
  }

  /// Whether outputs can be pooled before they are written.
  var canPool: Bool { tileSide == 4 }

  // MARK: Kernels

  /// Brings the weights [KH, KW, Cin, Cout] into the form that `forward` reads: for each panel of
  /// columns [elements][Cin][columns], or, where they are transformed later, [Cin][KH·KW][columns].
  func prepare(_ weights: Span<Float>, into prepared: inout MutableSpan<Float>) {
    let weights = unsafe weights.address!
    let prepared = unsafe prepared.mutableAddress!
    if preparesKernels {
      return unsafe transform(weights, rows: inputs, columns: outputs, into: prepared)
    }
    var next = unsafe prepared
    for panel in ColumnPanels(columns: outputs) {
      for row in 0..<inputs {
        for tap in 0..<taps {
          unsafe next.update(
            from: weights + (tap * inputs + row) * outputs + panel.lowerBound,
            count: panel.count)
          unsafe next += panel.count
        }
      }
    }
  }

  /// The same for `inputGradient`, with rows and columns exchanged, and the last element of the
  /// kernel first unless it uses the adjoint.
  func prepareGradient(_ weights: Span<Float>, into prepared: inout MutableSpan<Float>) {
    let prepared = unsafe prepared.mutableAddress!
    for tap in 0..<taps {
      let source =
        unsafe weights.address! + (usesAdjoint ? tap : taps - 1 - tap) * inputs * outputs
      if preparesKernels {
        unsafe lockstep_transpose(
          source, outputs, inputs, outputs,
          prepared + transformedCount(outputs, inputs) + tap * inputs * outputs,
          inputs)
        continue
      }
      for panel in ColumnPanels(columns: inputs) {
        unsafe lockstep_transpose(
          source + panel.lowerBound * outputs, outputs, panel.count, outputs,
          prepared + taps * outputs * panel.lowerBound + tap * panel.count,
          taps * panel.count)
      }
    }
    guard preparesKernels else { return }
    unsafe transform(
      prepared + transformedCount(outputs, inputs), rows: outputs,
      columns: inputs, into: prepared)
  }

  /// Elements of a kernel.
  private var taps: Int { kernelSide * kernelSide }

  private func transform(
    _ weights: UnsafePointer<Float>, rows: Int, columns: Int,
    into prepared: UnsafeMutablePointer<Float>
  ) {
    var layout = lockstep_kernels(window: windowSide, element: inputs * outputs, row: columns)
    for (number, panel) in ColumnPanels(columns: columns).enumerated() {
      unsafe lockstep_winograd_kernels(
        weights + panel.lowerBound, &layout, rows, panel.count,
        prepared + start(rows, panel, number: number),
        stride(rows, panel.count))
    }
  }

  // MARK: Passes

  /// Multiplications of a block's products.
  func multiplications(_ block: Range<Int>) -> Int {
    elements * block.count * inputs * outputs
  }

  /// What becomes of a panel of products [elements][tiles of the block][columns of the panel], of
  /// which one element lies `stride` behind the other.
  typealias ProductUse = (
    _ products: UnsafePointer<Float>, _ stride: Int, _ panel: Range<Int>, _ block: Range<Int>
  ) -> Void

  /// Overwrites y [N, OH, OW, Cout]; `kernels` are what `prepare` made.
  func forward(
    _ x: Span<Float>, _ kernels: Span<Float>, samples: Int, into y: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    var results = forwardTiles.on(shape.window.output, channels: outputs, padding: 0)
    let y = unsafe y.mutableAddress!
    unsafe forward(x, kernels, samples: samples, workspace: &workspace) { block, ahead in
      unsafe ahead.add(y, results, block)
    } using: { products, stride, panel, block in
      unsafe lockstep_winograd_outputs(
        products, &results, panel.count, block.lowerBound, block.count, y + panel.lowerBound,
        stride)
    }
  }

  /// The same, pooled before it is written.
  func forward(
    _ x: Span<Float>, _ kernels: Span<Float>, samples: Int, pooling pooled: lockstep_pooled,
    workspace: inout MutableSpan<Float>
  ) {
    var results = forwardTiles.on(shape.window.output, channels: outputs, padding: 0)
    unsafe forward(x, kernels, samples: samples, workspace: &workspace) { _, _ in
    } using: { products, stride, panel, block in
      var part = unsafe pooled
      if let bias = unsafe part.bias { unsafe part.bias = bias + panel.lowerBound }
      unsafe part.y += panel.lowerBound
      unsafe part.winners += panel.lowerBound
      unsafe lockstep_winograd_pooled_outputs(
        products, &results, panel.count, block.lowerBound, block.count, &part, stride)
    }
  }

  @inline(__always)
  private func forward(
    _ x: Span<Float>, _ kernels: Span<Float>, samples: Int,
    workspace: inout MutableSpan<Float>,
    ahead addAhead: (_ block: Range<Int>, _ ahead: inout Ahead) -> Void, using use: ProductUse
  ) {
    let windows = forwardTiles.on(shape.window.input, channels: inputs)
    let v = unsafe workspace.mutableAddress!
    let blocks = forwardTiles.blocks(of: blockTiles, samples: samples)
    unsafe fetch(x.address!, windows, blocks.first)
    for block in blocks {
      unsafe transform(
        x.address!, windows, block, by: lockstep_winograd_windows, into: v)
      var ahead = Ahead(multiplications: multiplications(block))
      addAhead(block, &ahead)
      unsafe ahead.add(x.address!, windows, blocks.following(block))
      unsafe multiply(
        v, channels: inputs, kernels.address!, columns: outputs, block,
        into: v + transformedCount(block.count, inputs), &ahead, use)
    }
  }

  /// Overwrites the gradient of the input, [N, H, W, Cin]; `kernels` are what `prepareGradient`
  /// made.
  func inputGradient(
    _ dy: Span<Float>, _ kernels: Span<Float>, samples: Int, into dx: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    let adjoint = usesAdjoint
    let tiles = adjoint ? forwardTiles : fullTiles
    let gradients = tiles.on(
      shape.window.output, channels: outputs, padding: adjoint ? 0 : tiles.padding)
    var results = tiles.on(
      shape.window.input, channels: inputs, padding: adjoint ? tiles.padding : 0)
    if adjoint { fill(&dx, with: 0) }
    let dx = unsafe dx.mutableAddress!
    let v = unsafe workspace.mutableAddress!
    let blocks = tiles.blocks(of: blockTiles, samples: samples)
    unsafe fetch(dy.address!, gradients, blocks.first)
    for block in blocks {
      unsafe transform(
        dy.address!, gradients, block,
        by: adjoint ? lockstep_winograd_output_gradients : lockstep_winograd_windows,
        into: v)
      var ahead = Ahead(multiplications: multiplications(block))
      unsafe ahead.add(dx, results, block)
      unsafe ahead.add(dy.address!, gradients, blocks.following(block))
      unsafe multiply(
        v, channels: outputs, kernels.address!, columns: inputs, block,
        into: v + transformedCount(block.count, outputs), &ahead
      ) { products, stride, panel, block in
        let back =
          unsafe adjoint ? lockstep_winograd_window_gradients : lockstep_winograd_outputs
        unsafe back(
          products, &results, panel.count, block.lowerBound, block.count, dx + panel.lowerBound,
          stride)
      }
    }
  }

  typealias TileTransform = (
    UnsafePointer<Float>?, UnsafePointer<lockstep_tiles>?, Int, Int, Int,
    UnsafeMutablePointer<Float>?, Int
  ) -> Void

  /// Transforms a block of tiles, panel by panel of the image's channels.
  @inline(__always)
  func transform(
    _ image: UnsafePointer<Float>, _ tiles: lockstep_tiles, _ block: Range<Int>,
    by transform: TileTransform, into v: UnsafeMutablePointer<Float>
  ) {
    var tiles = tiles
    for (number, panel) in ColumnPanels(columns: tiles.channels).enumerated() {
      unsafe transform(
        image + panel.lowerBound, &tiles, panel.count, block.lowerBound, block.count,
        v + start(block.count, panel, number: number), stride(block.count, panel.count))
    }
  }

  /// Multiplies a block of tiles with the kernels, a panel of columns at a time; `m` is for its
  /// products.
  @inline(__always)
  func multiply(
    _ v: UnsafePointer<Float>, channels: Int, _ kernels: UnsafePointer<Float>, columns: Int,
    _ block: Range<Int>, into m: UnsafeMutablePointer<Float>, _ ahead: inout Ahead,
    _ use: ProductUse
  ) {
    for (number, panel) in ColumnPanels(columns: columns).enumerated() {
      if preparesKernels {
        unsafe multiply(
          v, channels: channels, kernels + start(channels, panel, number: number), panel.count,
          tiles: block.count, into: m, &ahead)
      } else {
        unsafe multiplyTransforming(
          v, channels: channels, kernels + taps * channels * panel.lowerBound, panel.count,
          tiles: block.count, into: m, &ahead)
      }
      unsafe use(m, stride(block.count, panel.count), panel, block)
    }
  }

  /// The products with prepared kernels, [elements][channels][columns].
  private func multiply(
    _ v: UnsafePointer<Float>, channels: Int, _ kernel: UnsafePointer<Float>, _ columns: Int,
    tiles: Int, into m: UnsafeMutablePointer<Float>, _ ahead: inout Ahead
  ) {
    for (number, panel) in ColumnPanels(columns: channels).enumerated() {
      let v = unsafe v + start(tiles, panel, number: number)
      let over = Contraction(panel.count, stepA: 1, stepB: columns)
      for element in 0..<elements {
        unsafe Kernels.multiply(
          v + element * stride(tiles, panel.count), rowA: panel.count,
          kernel + element * stride(channels, columns) + panel.lowerBound * columns, over: over,
          into: m + element * stride(tiles, columns), rowC: columns, rows: tiles,
          columns: columns, adding: number > 0, ahead: &ahead.pieces)
      }
    }
  }

  /// The products with weights, [channels][KH·KW][columns], of which some rows at a time are
  /// transformed behind the products.
  private func multiplyTransforming(
    _ v: UnsafePointer<Float>, channels: Int, _ weights: UnsafePointer<Float>, _ columns: Int,
    tiles: Int, into m: UnsafeMutablePointer<Float>, _ ahead: inout Ahead
  ) {
    let kernel = unsafe m + elements * stride(tiles, columns)
    var layout = lockstep_kernels(window: windowSide, element: columns, row: taps * columns)
    for (number, panel) in ColumnPanels(columns: channels).enumerated() {
      let v = unsafe v + start(tiles, panel, number: number)
      for first in Swift.stride(from: 0, to: panel.count, by: Self.kernelRows) {
        let rows = min(Self.kernelRows, panel.count - first)
        unsafe lockstep_winograd_kernels(
          weights + (panel.lowerBound + first) * taps * columns, &layout, rows, columns, kernel,
          stride(rows, columns))
        let over = Contraction(rows, stepA: 1, stepB: columns)
        for element in 0..<elements {
          unsafe Kernels.multiply(
            v + element * stride(tiles, panel.count) + first, rowA: panel.count,
            kernel + element * stride(rows, columns), over: over,
            into: m + element * stride(tiles, columns), rowC: columns, rows: tiles,
            columns: columns, adding: panel.lowerBound + first > 0, ahead: &ahead.pieces)
        }
      }
    }
  }
}

extension ConvolutionGeometry {
  /// Whether tiles fit: a square kernel of 3 or 5, stride and dilation 1.
  var hasTiles: Bool {
    (window.kernel == 3 || window.kernel == 5) && window.stride == 1 && window.dilation == 1
  }
}
