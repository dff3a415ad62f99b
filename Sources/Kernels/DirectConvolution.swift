import CVectors
import Storage

/// A convolution as products over the kernel's elements, on the activations as they lie in memory.
///
/// In [H, W, C] the channels that a row of the kernel sees lie side by side, and so do the outputs
/// of a row: an output row is one product, whose sums run over the kernel's rows. A padded image is
/// copied into a frame of zeros first. The gradient of the input is, for each residue of positions
/// modulo the stride, a convolution of the output's gradient with every stride-th kernel element.
struct DirectConvolution {
  let shape: ConvolutionGeometry

  init(_ shape: ConvolutionGeometry) { self.shape = shape }

  var window: WindowGeometry { shape.window }
  var inputs: Int { shape.inputChannels }
  var outputs: Int { shape.outputChannels }

  /// Positions can be taken as one long row: 1×1, stride 1, no padding.
  private var isPointwise: Bool { shape.path == .pointwise }

  /// Floats of scratch memory of any pass: one framed image.
  var workspaceCount: Int {
    max(window.inputFrame.count(channels: inputs), window.gradientFrame.count(channels: outputs))
  }

  // MARK: Weights

  /// [panel of Cout][KH·KW·Cin][columns of the panel].
  func prepare(_ weights: Span<Float>, into prepared: inout MutableSpan<Float>) {
    var next = unsafe prepared.mutableAddress!
    for panel in ColumnPanels(columns: outputs) {
      for row in 0..<shape.patch {
        unsafe next.update(
          from: weights.address! + row * outputs + panel.lowerBound, count: panel.count)
        unsafe next += panel.count
      }
    }
  }

  /// For each residue its kernel elements, last first: [panel of Cin][rows, columns, Cout][columns
  /// of the panel].
  func prepareGradient(_ weights: Span<Float>, into prepared: inout MutableSpan<Float>) {
    var next = unsafe prepared.mutableAddress!
    for rows in window.rowResidues {
      for columns in window.columnResidues {
        for panel in ColumnPanels(columns: inputs) {
          for row in rows.elements.reversed() {
            for column in columns.elements.reversed() {
              let element = row * window.kernel.width + column
              unsafe lockstep_transpose(
                weights.address! + (element * inputs + panel.lowerBound) * outputs,
                outputs, panel.count, outputs, next, panel.count)
              unsafe next += outputs * panel.count
            }
          }
        }
      }
    }
  }

  // MARK: Forward

  func forward(
    _ x: Span<Float>, _ prepared: Span<Float>, samples: Int, into y: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    let (x, kernel) = unsafe (x.address!, prepared.address!)
    let y = unsafe y.mutableAddress!
    if isPointwise {
      return unsafe pointwise(
        x, inputs, kernel, positions: samples * window.output.count, into: y, outputs)
    }
    let frame = window.inputFrame
    let memory = unsafe workspace.mutableAddress
    for n in 0..<samples {
      let image = unsafe frame.framing(
        x + n * window.input.count * inputs, channels: inputs, in: memory)
      unsafe forward(
        image, kernel, rows: 0..<window.output.height,
        into: y + n * window.output.count * outputs)
    }
  }

  /// Overwrites some rows of an image's output; y is where the first of them goes.
  func forward(
    _ image: UnsafePointer<Float>, _ kernel: UnsafePointer<Float>, rows: Range<Int>,
    into y: UnsafeMutablePointer<Float>
  ) {
    let line = window.inputFrame.width * inputs
    for panel in ColumnPanels(columns: outputs) {
      let over = contraction(line: line, panel: panel.count)
      let kernel = unsafe kernel + shape.patch * panel.lowerBound
      for row in rows {
        unsafe multiply(
          image + row * window.stride.height * line, rowA: window.stride.width * inputs, kernel,
          over: over,
          into: y + (row - rows.lowerBound) * window.output.width * outputs + panel.lowerBound,
          rowC: outputs, rows: window.output.width, columns: panel.count)
      }
    }
  }

  /// The elements of the kernel: a row's lie side by side unless they are dilated.
  private func contraction(line: Int, panel: Int) -> Contraction {
    let dilated = window.dilation.width > 1
    let length = dilated ? inputs : window.kernel.width * inputs
    return Contraction(
      outer: window.kernel.height, outer_a: window.dilation.height * line,
      outer_b: window.kernel.width * inputs * panel,
      inner: dilated ? window.kernel.width : 1, inner_a: window.dilation.width * inputs,
      inner_b: inputs * panel, length: length, step_a: 1, step_b: panel)
  }

  /// A product over all positions, a block of them at a time.
  private func pointwise(
    _ x: UnsafePointer<Float>, _ channels: Int, _ kernel: UnsafePointer<Float>, positions: Int,
    into y: UnsafeMutablePointer<Float>, _ columns: Int
  ) {
    let streaming = unsafe streams(y, count: positions * columns, channels: columns)
    for block in RangeBlocks(positions: positions, channels: channels) {
      unsafe pointwise(
        x + block.lowerBound * channels, channels, kernel, rows: block.count,
        into: y + block.lowerBound * columns, columns, streaming: streaming)
    }
  }

  /// The same for the positions of a block alone.
  func pointwise(
    _ x: UnsafePointer<Float>, _ channels: Int, _ kernel: UnsafePointer<Float>, rows: Int,
    into y: UnsafeMutablePointer<Float>, _ columns: Int, streaming: Bool,
    ahead: UnsafeMutablePointer<lockstep_ahead>? = nil
  ) {
    for panel in ColumnPanels(columns: columns) {
      unsafe multiply(
        x, rowA: channels, kernel + channels * panel.lowerBound,
        over: Contraction(channels, stepA: 1, stepB: panel.count), into: y + panel.lowerBound,
        rowC: columns, rows: rows, columns: panel.count, streaming: streaming,
        ahead: ahead)
    }
  }

  // MARK: Gradient of the input

  func inputGradient(
    _ dy: Span<Float>, _ prepared: Span<Float>, samples: Int, into dx: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    let (dy, kernel) = unsafe (dy.address!, prepared.address!)
    let dx = unsafe dx.mutableAddress!
    if isPointwise {
      return unsafe pointwise(
        dy, outputs, kernel, positions: samples * window.input.count, into: dx, inputs)
    }
    let frame = window.gradientFrame
    let memory = unsafe workspace.mutableAddress
    for n in 0..<samples {
      let image = unsafe frame.framing(
        dy + n * window.output.count * outputs, channels: outputs, in: memory)
      unsafe inputGradient(image, kernel, into: dx + n * window.input.count * inputs)
    }
  }

  private func inputGradient(
    _ image: UnsafePointer<Float>, _ kernel: UnsafePointer<Float>,
    into dx: UnsafeMutablePointer<Float>
  ) {
    let frame = window.gradientFrame
    let line = frame.width * outputs
    var kernel = unsafe kernel
    for rows in window.rowResidues {
      for columns in window.columnResidues {
        let start =
          unsafe image + (frame.top + rows.firstSource) * line
          + (frame.left + columns.firstSource) * outputs
        for panel in ColumnPanels(columns: inputs) {
          let side = columns.elements.count
          let over = Contraction(
            outer: rows.elements.count, outer_a: rows.sourceStep * line,
            outer_b: side * outputs * panel.count, inner: side,
            inner_a: columns.sourceStep * outputs, inner_b: outputs * panel.count, length: outputs,
            step_a: 1, step_b: panel.count)
          for index in 0..<rows.positions {
            let place = (rows.residue + index * window.stride.height) * window.input.width
            unsafe multiply(
              start + index * line, rowA: outputs, kernel, over: over,
              into: dx + (place + columns.residue) * inputs + panel.lowerBound,
              rowC: window.stride.width * inputs, rows: columns.positions, columns: panel.count)
          }
          unsafe kernel += rows.elements.count * side * outputs * panel.count
        }
      }
    }
  }

  // MARK: Gradient of the weights

  func weightGradient(
    _ x: Span<Float>, _ dy: Span<Float>, samples: Int, into gradient: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    let (x, dy) = unsafe (x.address!, dy.address!)
    let gradient = unsafe gradient.mutableAddress!
    if isPointwise {
      for block in RangeBlocks(
        positions: samples * window.output.count, channels: (inputs + outputs) / 2)
      {
        unsafe pointwiseWeightGradient(
          x + block.lowerBound * inputs, dy + block.lowerBound * outputs, rows: block.count,
          into: gradient, adding: block.lowerBound > 0)
      }
      return
    }
    let frame = window.inputFrame
    let memory = unsafe workspace.mutableAddress
    for n in 0..<samples {
      let image = unsafe frame.framing(
        x + n * window.input.count * inputs, channels: inputs, in: memory)
      unsafe weightGradient(
        image, dy + n * window.output.count * outputs, into: gradient, adding: n > 0)
    }
  }

  /// Adds one image's part: some output rows at a time, which all elements of the kernel find in
  /// the cache.
  private func weightGradient(
    _ image: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>, adding: Bool
  ) {
    let line = window.inputFrame.width * inputs
    let outputLine = window.output.width * outputs
    let dilated = window.dilation.width > 1
    let rows = dilated ? inputs : window.kernel.width * inputs
    let size = max(1, (64 << 10) / (outputLine + window.stride.height * line))
    for first in stride(from: 0, to: window.output.height, by: size) {
      let count = min(size, window.output.height - first)
      let over = Contraction(
        outer: 1, outer_a: 0, outer_b: 0, inner: count, inner_a: window.stride.height * line,
        inner_b: outputLine, length: window.output.width, step_a: window.stride.width * inputs,
        step_b: outputs)
      for row in 0..<window.kernel.height {
        for column in 0..<(dilated ? window.kernel.width : 1) {
          let source =
            unsafe image
            + (first * window.stride.height + row * window.dilation.height) * line
            + column * window.dilation.width * inputs
          let target =
            unsafe gradient + (row * window.kernel.width + column) * inputs * outputs
          for panel in ColumnPanels(columns: outputs) {
            unsafe multiply(
              source, rowA: 1, dy + first * outputLine + panel.lowerBound, over: over,
              into: target + panel.lowerBound, rowC: outputs, rows: rows, columns: panel.count,
              adding: adding || first > 0)
          }
        }
      }
    }
  }

  /// Both gradients of a pointwise convolution, a block of positions at a time: the second finds the
  /// block's dy in the cache.
  func pointwiseGradients(
    _ x: Span<Float>, _ dy: Span<Float>, _ prepared: Span<Float>, samples: Int,
    into gradient: inout MutableSpan<Float>, input dx: inout MutableSpan<Float>
  ) {
    let (x, dy, kernel) = unsafe (x.address!, dy.address!, prepared.address!)
    let gradient = unsafe gradient.mutableAddress!
    let dx = unsafe dx.mutableAddress!
    let positions = samples * window.output.count
    let streaming = unsafe streams(dx, count: positions * inputs, channels: inputs)
    for block in RangeBlocks(positions: positions, channels: (inputs + outputs) / 2) {
      let rows = unsafe (x + block.lowerBound * inputs, dy + block.lowerBound * outputs)
      unsafe pointwiseWeightGradient(
        rows.0, rows.1, rows: block.count, into: gradient, adding: block.lowerBound > 0)
      unsafe pointwise(
        rows.1, outputs, kernel, rows: block.count, into: dx + block.lowerBound * inputs, inputs,
        streaming: streaming)
    }
  }

  /// A block's part, of its rows of x and dy.
  func pointwiseWeightGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int,
    into gradient: UnsafeMutablePointer<Float>, adding: Bool,
    ahead: UnsafeMutablePointer<lockstep_ahead>? = nil
  ) {
    let over = Contraction(rows, stepA: inputs, stepB: outputs)
    for panel in ColumnPanels(columns: outputs) {
      unsafe multiply(
        x, rowA: 1, dy + panel.lowerBound, over: over, into: gradient + panel.lowerBound,
        rowC: outputs, rows: inputs, columns: panel.count, adding: adding,
        ahead: ahead)
    }
  }
}
