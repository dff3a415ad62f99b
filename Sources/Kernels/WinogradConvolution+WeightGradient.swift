import CVectors
import Storage

extension WinogradConvolution {
  // MARK: Blocks

  /// Tiles that are transformed together for the gradient of the weights: a block costs a pass over
  /// all sums.
  var gradientBlockTiles: Int { max(blockTiles, preparesKernels ? 32 : 128) }

  /// Floats of the transforms of a block, for the gradient of the weights.
  func gradientTransforms(samples: Int) -> Int {
    let block = min(gradientBlockTiles, forwardTiles.count(samples: samples))
    return transformedCount(block, inputs) + transformedCount(block, outputs)
  }

  /// Floats of all sums of the gradient of the weights, for one of the elements of a window.
  private var gradientSums: Int {
    var pieces = 0
    for panel in ColumnPanels(columns: inputs) {
      pieces += (panel.count + Self.kernelRows - 1) / Self.kernelRows
    }
    return inputs * outputs + pieces * ColumnPanels(columns: outputs).count * Self.margin
  }

  /// Floats of the sums of the gradient of the weights.
  func sumsCount(samples: Int) -> Int {
    forwardTiles.count(samples: samples) > gradientBlockTiles
      ? elements * gradientSums : elements * stride(Self.kernelRows, ColumnPanels.most)
  }

  // MARK: Passes

  /// dg = Gᵀ[Σ (Bᵀ d B) ⊙ (A dy Aᵀ)]G, the sum over all tiles: the adjoint of the forward pass.
  ///
  /// Some rows of a panel's kernels at a time: their sums are transformed while they are in the
  /// cache. Only where there are several blocks of tiles are all sums kept from one to the next.
  func weightGradient(
    _ x: Span<Float>, _ dy: Span<Float>, samples: Int, into gradient: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    let results = forwardTiles.on(shape.window.output, channels: outputs, padding: 0)
    let first = forwardTiles.blocks(of: gradientBlockTiles, samples: samples).first
    unsafe fetch(dy.address!, results, first)
    unsafe eachGradientBlock(x, samples: samples, into: &gradient, workspace: &workspace) {
      block, z in
      unsafe transform(
        dy.address!, results, block, by: lockstep_winograd_output_gradients, into: z)
    } ahead: { block, ahead in
      unsafe ahead.add(dy.address!, results, block)
    } using: { _, _, _ in
    }
  }

  /// Overwrites the gradients of the weights and, unless it is empty, of the input, by the adjoint:
  /// what pooling hands back is transformed once for both.
  func gradients(
    _ x: Span<Float>, _ dy: WonGradient, _ kernels: Span<Float>, samples: Int,
    into gradient: inout MutableSpan<Float>, input dx: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    var gradients = forwardTiles.on(shape.window.output, channels: outputs, padding: 0)
    var results = forwardTiles.on(shape.window.input, channels: inputs)
    fill(&dx, with: 0)
    let target = unsafe dx.isEmpty ? nil : dx.mutableAddress
    unsafe eachGradientBlock(x, samples: samples, into: &gradient, workspace: &workspace) {
      block, z in
      for (number, panel) in ColumnPanels(columns: outputs).enumerated() {
        unsafe lockstep_winograd_pooled_output_gradients(
          dy.values + panel.lowerBound, dy.winners + panel.lowerBound, &gradients, panel.count,
          block.lowerBound, block.count, z + start(block.count, panel, number: number),
          stride(block.count, panel.count))
      }
    } ahead: { _, _ in
    } using: { block, z, m in
      guard let target = unsafe target else { return }
      var ahead = Ahead(multiplications: multiplications(block))
      unsafe multiply(
        z, channels: outputs, kernels.address!, columns: inputs, block, into: m, &ahead
      ) { products, stride, panel, block in
        unsafe lockstep_winograd_window_gradients(
          products, &results, panel.count, block.lowerBound, block.count,
          target + panel.lowerBound, stride)
      }
    }
  }

  /// Sums up the gradient of the weights, a block of tiles at a time: `transformGradient` overwrites
  /// the block's part of the transformed gradient of the output, and `use` may use it again, with
  /// memory for products.
  @inline(__always)
  private func eachGradientBlock(
    _ x: Span<Float>, samples: Int, into gradient: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>,
    _ transformGradient: (_ block: Range<Int>, _ z: UnsafeMutablePointer<Float>) -> Void,
    ahead addAhead: (_ block: Range<Int>, _ ahead: inout Ahead) -> Void,
    using use: (
      _ block: Range<Int>, _ z: UnsafeMutablePointer<Float>, _ products: UnsafeMutablePointer<Float>
    ) -> Void
  ) {
    let windows = forwardTiles.on(shape.window.input, channels: inputs)
    let all = forwardTiles.count(samples: samples)
    let v = unsafe workspace.mutableAddress!
    let gradient = unsafe gradient.mutableAddress!
    let sums = unsafe v + gradientTransforms(samples: samples)
    let products = unsafe sums + sumsCount(samples: samples)
    let blocks = forwardTiles.blocks(of: gradientBlockTiles, samples: samples)
    unsafe fetch(x.address!, windows, blocks.first)
    for block in blocks {
      let z = unsafe v + transformedCount(block.count, inputs)
      unsafe transform(
        x.address!, windows, block, by: lockstep_winograd_windows, into: v)
      unsafe transformGradient(block, z)
      let next = blocks.following(block)
      var ahead = Ahead(multiplications: multiplications(block))
      unsafe ahead.add(x.address!, windows, next)
      addAhead(next, &ahead)
      unsafe sumProducts(
        v, z, tiles: block.count, isFirst: block.lowerBound == 0,
        isLast: block.upperBound == all, sums, into: gradient, &ahead)
      unsafe use(block, z, products)
    }
  }

  private func sumProducts(
    _ v: UnsafePointer<Float>, _ z: UnsafePointer<Float>, tiles: Int, isFirst: Bool, isLast: Bool,
    _ sums: UnsafeMutablePointer<Float>, into gradient: UnsafeMutablePointer<Float>,
    _ ahead: inout Ahead
  ) {
    var sums = unsafe sums
    var layout = lockstep_kernels(
      window: windowSide, element: inputs * outputs, row: outputs)
    for (number, columns) in ColumnPanels(columns: outputs).enumerated() {
      let z = unsafe z + start(tiles, columns, number: number)
      for (number, panel) in ColumnPanels(columns: inputs).enumerated() {
        let v = unsafe v + start(tiles, panel, number: number)
        let over = Contraction(tiles, stepA: panel.count, stepB: columns.count)
        for first in Swift.stride(from: 0, to: panel.count, by: Self.kernelRows) {
          let rows = min(Self.kernelRows, panel.count - first)
          let strideU = stride(rows, columns.count)
          for element in 0..<elements {
            unsafe Kernels.multiply(
              v + element * stride(tiles, panel.count) + first, rowA: 1,
              z + element * stride(tiles, columns.count), over: over,
              into: sums + element * strideU, rowC: columns.count, rows: rows,
              columns: columns.count, adding: !isFirst, ahead: &ahead.pieces)
          }
          if isLast {
            unsafe lockstep_winograd_kernel_gradients(
              sums, &layout, rows, columns.count, strideU,
              gradient + (panel.lowerBound + first) * outputs + columns.lowerBound)
          }
          // Where there is only one block, the next sums may take the place of these.
          if !(isFirst && isLast) { unsafe sums += elements * strideU }
        }
      }
    }
  }
}
