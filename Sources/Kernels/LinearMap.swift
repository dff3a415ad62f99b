import CVectors
import Storage

/// y = x·W for micro-batches of a fixed size, x [N, inputs], W [inputs, outputs], and its gradients.
///
/// The weights are read as they lie, once a pass: they would come from beyond the cache again and
/// again if they were packed for each micro-batch. What is chosen depends on the shapes alone.
public struct LinearMap: Sendable {
  /// The columns of x.
  public let inputs: Int
  /// The columns of y.
  public let outputs: Int
  /// The number of samples, N.
  public let samples: Int

  /// A map of `samples` rows.
  public init(inputs: Int, outputs: Int, samples: Int) {
    self.inputs = inputs
    self.outputs = outputs
    self.samples = samples
  }

  /// Whether a pass does little more than reading or writing the weights: it follows their order, a
  /// few rows over all columns, while the next rows are fetched.
  private var isShort: Bool { samples < 16 }
  /// Rows of W that are read at a time.
  private var rows: Int { isShort ? 6 : inputs }
  /// Rows of W's gradient that are written at a time.
  private var gradientRows: Int { isShort ? 6 : 48 }

  /// Whether there are enough outputs for vectors; else OpenBLAS multiplies.
  private var isWide: Bool { outputs >= 16 }
  /// The samples, as columns of vectors: zeros fill them up.
  private var columns: Int { max(samples, 16) }

  /// Floats of scratch memory of any pass.
  public var workspaceCount: Int { isWide ? columns * (inputs + outputs) : 0 }

  /// Overwrites y [N, outputs].
  public func forward(
    _ x: Span<Float>, _ weights: Span<Float>, into y: inout MutableSpan<Float>
  ) {
    check(x: x.count, weights: weights.count, y: y.count)
    guard isWide else {
      return matrixProduct(x, weights, into: &y, m: samples, n: outputs, k: inputs)
    }
    let y = unsafe y.mutableAddress!
    let weights = unsafe weights.address!
    let blocks = RangeBlocks(inputs, size: rows)
    for block in blocks {
      var ahead = Ahead(multiplications: block.count * outputs * samples)
      unsafe ahead.add(weights, blocks.following(block), channels: outputs)
      let over = Contraction(block.count, stepA: 1, stepB: outputs)
      for panel in ColumnPanels(columns: outputs) {
        unsafe multiply(
          x.address! + block.lowerBound, rowA: inputs,
          weights + block.lowerBound * outputs + panel.lowerBound, over: over,
          into: y + panel.lowerBound, rowC: outputs, rows: samples, columns: panel.count,
          adding: block.lowerBound > 0, ahead: &ahead.pieces)
      }
    }
  }

  /// Overwrites the gradient of the weights, xᵀ·dy, [inputs, outputs].
  public func weightGradient(
    _ x: Span<Float>, _ dy: Span<Float>, into gradient: inout MutableSpan<Float>
  ) {
    check(x: x.count, weights: gradient.count, y: dy.count)
    guard isWide else {
      return matrixProduct(
        x, dy, into: &gradient, m: inputs, n: outputs, k: samples, transposingA: true)
    }
    let gradient = unsafe gradient.mutableAddress!
    let over = Contraction(samples, stepA: inputs, stepB: outputs)
    let blocks = RangeBlocks(inputs, size: gradientRows)
    for block in blocks {
      var ahead = Ahead(multiplications: block.count * outputs * samples)
      unsafe ahead.add(gradient, blocks.following(block), channels: outputs)
      for panel in ColumnPanels(columns: outputs) {
        unsafe multiply(
          x.address! + block.lowerBound, rowA: 1, dy.address! + panel.lowerBound, over: over,
          into: gradient + block.lowerBound * outputs + panel.lowerBound, rowC: outputs,
          rows: block.count, columns: panel.count, ahead: &ahead.pieces)
      }
    }
  }

  /// Overwrites the gradient of the input, dy·Wᵀ, [N, inputs].
  ///
  /// It is computed transposed, as W·dyᵀ: so the weights' rows are read in order.
  public func inputGradient(
    _ dy: Span<Float>, _ weights: Span<Float>, into dx: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    check(x: dx.count, weights: weights.count, y: dy.count)
    guard isWide else {
      return matrixProduct(
        dy, weights, into: &dx, m: samples, n: inputs, k: outputs, transposingB: true)
    }
    precondition(workspace.count >= workspaceCount, "\(workspace.count) floats of workspace")
    let dx = unsafe dx.mutableAddress!
    let source = unsafe workspace.mutableAddress!
    let product = unsafe source + columns * outputs
    if columns > samples { unsafe source.update(repeating: 0, count: columns * outputs) }
    unsafe lockstep_transpose(dy.address, outputs, samples, outputs, source, columns)
    let over = Contraction(outputs, stepA: 1, stepB: columns)
    for panel in ColumnPanels(columns: columns) {
      unsafe multiply(
        weights.address!, rowA: outputs, source + panel.lowerBound, over: over,
        into: product + panel.lowerBound, rowC: columns, rows: inputs, columns: panel.count)
    }
    unsafe lockstep_transpose(product, columns, inputs, samples, dx, inputs)
  }

  private func check(x: Int, weights: Int, y: Int) {
    precondition(
      x == samples * inputs && weights == inputs * outputs && y == samples * outputs,
      "\(x) inputs, \(weights) weights, \(y) outputs of \(samples) · [\(inputs), \(outputs)]")
  }
}
