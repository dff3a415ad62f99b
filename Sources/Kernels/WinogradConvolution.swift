import CVectors
import Storage

/// A convolution by Winograd's minimal filtering of 6×6 windows: F(4×4, 3×3) or F(2×2, 5×5).
///
/// Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016. A pass transforms a
/// block of windows, multiplies over the channels, once for each of the 36 elements of a window, and
/// transforms back. The transforms read and write the activations once a block; the products take
/// 4 times fewer multiplications than 3×3 kernels, and 2.8 times fewer than 5×5.
struct WinogradConvolution {
  let shape: ConvolutionGeometry

  init(_ shape: ConvolutionGeometry) { self.shape = shape }

  private static let elements = 36
  private var inputs: Int { shape.inputChannels }
  private var outputs: Int { shape.outputChannels }
  private var kernelSide: Int { shape.window.kernel.height }
  /// Outputs along a tile's side.
  private var tileSide: Int { 7 - kernelSide }

  /// Floats of the transformed kernels, [panel][36][Cin][columns of the panel].
  var kernelCount: Int { Self.elements * inputs * outputs }
  /// Floats of those of the input gradient, and of the reversed weights that they are made from.
  var reversedKernelCount: Int { kernelCount + shape.weightCount }

  /// Floats of scratch memory of any pass.
  func workspaceCount(samples: Int) -> Int {
    let passes = max(
      forwardTiles.count(samples: samples), backwardTiles.count(samples: samples))
    let block = min(blockTiles, passes)
    return Self.elements * (stride(block, inputs) + stride(block, outputs)) + kernelCount
  }

  /// Tiles that are transformed together: what they take, with the products, stays in the cache.
  private var blockTiles: Int {
    let bytesOfTile = Self.elements * (inputs + outputs) * MemoryLayout<Float>.size
    return max(32, min(256, (640 << 10) / bytesOfTile / 16 * 16))
  }

  /// From one of the 36 elements to the next; a cache line more than needed, so that they do not
  /// all fall into the same lines of a set-associative cache.
  private func stride(_ tiles: Int, _ channels: Int) -> Int { tiles * channels + 16 }

  private var forwardTiles: Tiles {
    Tiles(image: shape.window.output, side: tileSide, padding: shape.window.padding)
  }

  /// The input's gradient is a convolution of the output's gradient with the reversed kernel.
  private var backwardTiles: Tiles {
    let padding = shape.window.padding
    return Tiles(
      image: shape.window.input, side: tileSide,
      padding: Extent2D(kernelSide - 1 - padding.height, kernelSide - 1 - padding.width))
  }

  // MARK: Kernels

  func prepare(_ weights: Span<Float>, into prepared: inout MutableSpan<Float>) {
    unsafe weights.withUnsafeBufferPointer { weights in
      unsafe prepared.withUnsafeMutableBufferPointer { prepared in
        unsafe transform(
          weights.baseAddress!, rows: inputs, columns: outputs, into: prepared.baseAddress!)
      }
    }
  }

  func prepareReversed(_ weights: Span<Float>, into prepared: inout MutableSpan<Float>) {
    unsafe weights.withUnsafeBufferPointer { weights in
      unsafe prepared.withUnsafeMutableBufferPointer { prepared in
        let reversed = unsafe prepared.baseAddress! + kernelCount
        let taps = kernelSide * kernelSide
        for tap in 0..<taps {
          unsafe transpose(
            weights.baseAddress! + (taps - 1 - tap) * inputs * outputs, rows: inputs,
            columns: outputs, rowFrom: outputs, into: reversed + tap * inputs * outputs,
            rowInto: inputs)
        }
        unsafe transform(reversed, rows: outputs, columns: inputs, into: prepared.baseAddress!)
      }
    }
  }

  private func transform(
    _ weights: UnsafePointer<Float>, rows: Int, columns: Int,
    into prepared: UnsafeMutablePointer<Float>
  ) {
    for panel in ColumnPanels(columns: columns) {
      unsafe lockstep_winograd_kernels(
        weights + panel.lowerBound, kernelSide, rows, columns, panel.count,
        prepared + Self.elements * rows * panel.lowerBound, rows * panel.count)
    }
  }

  // MARK: Passes

  func forward(
    _ x: Span<Float>, _ kernels: Span<Float>, samples: Int, into y: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    convolve(
      x, image: shape.window.input, channels: inputs, kernels, forwardTiles, samples: samples,
      into: &y, channels: outputs, workspace: &workspace)
  }

  func inputGradient(
    _ dy: Span<Float>, _ kernels: Span<Float>, samples: Int, into dx: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    convolve(
      dy, image: shape.window.output, channels: outputs, kernels, backwardTiles, samples: samples,
      into: &dx, channels: inputs, workspace: &workspace)
  }

  private func convolve(
    _ x: Span<Float>, image: Extent2D, channels: Int, _ kernels: Span<Float>, _ tiles: Tiles,
    samples: Int, into y: inout MutableSpan<Float>, channels outputs: Int,
    workspace: inout MutableSpan<Float>
  ) {
    var windows = tiles.reading(image, channels: channels)
    var results = tiles.writing(channels: outputs)
    unsafe x.withUnsafeBufferPointer { x in
      unsafe kernels.withUnsafeBufferPointer { kernels in
        unsafe y.withUnsafeMutableBufferPointer { y in
          unsafe workspace.withUnsafeMutableBufferPointer { workspace in
            for block in tiles.blocks(of: blockTiles, samples: samples) {
              let strideV = stride(block.count, channels)
              let strideM = stride(block.count, outputs)
              let v = workspace.baseAddress!
              let m = unsafe v + Self.elements * strideV
              unsafe lockstep_winograd_windows(
                x.baseAddress!, &windows, block.lowerBound, block.count, v, strideV)
              for panel in ColumnPanels(columns: outputs) {
                let over = Contraction(channels, stepA: 1, stepB: panel.count)
                let kernel =
                  unsafe kernels.baseAddress! + Self.elements * channels * panel.lowerBound
                for element in 0..<Self.elements {
                  unsafe multiply(
                    v + element * strideV, rowA: channels,
                    kernel + element * channels * panel.count, over: over,
                    into: m + element * strideM + panel.lowerBound, rowC: outputs,
                    rows: block.count, columns: panel.count)
                }
              }
              unsafe lockstep_winograd_outputs(
                m, &results, block.lowerBound, block.count, y.baseAddress!, strideM)
            }
          }
        }
      }
    }
  }

  /// dg = Gᵀ[Σ (Bᵀ d B) ⊙ (A dy Aᵀ)]G, the sum over all tiles: the adjoint of the forward pass.
  func weightGradient(
    _ x: Span<Float>, _ dy: Span<Float>, samples: Int, into gradient: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    var windows = forwardTiles.reading(shape.window.input, channels: inputs)
    var results = forwardTiles.writing(channels: outputs)
    unsafe x.withUnsafeBufferPointer { x in
      unsafe dy.withUnsafeBufferPointer { dy in
        unsafe gradient.withUnsafeMutableBufferPointer { gradient in
          unsafe workspace.withUnsafeMutableBufferPointer { workspace in
            let sums = workspace.baseAddress!
            for block in forwardTiles.blocks(of: blockTiles, samples: samples) {
              let strideV = stride(block.count, inputs)
              let strideZ = stride(block.count, outputs)
              let v = unsafe sums + kernelCount
              let z = unsafe v + Self.elements * strideV
              unsafe lockstep_winograd_windows(
                x.baseAddress!, &windows, block.lowerBound, block.count, v, strideV)
              unsafe lockstep_winograd_output_gradients(
                dy.baseAddress!, &results, block.lowerBound, block.count, z, strideZ)
              let over = Contraction(block.count, stepA: inputs, stepB: outputs)
              for element in 0..<Self.elements {
                for panel in ColumnPanels(columns: outputs) {
                  unsafe multiply(
                    v + element * strideV, rowA: 1, z + element * strideZ + panel.lowerBound,
                    over: over,
                    into: sums + element * inputs * outputs + panel.lowerBound, rowC: outputs,
                    rows: inputs, columns: panel.count, adding: block.lowerBound > 0)
                }
              }
            }
            unsafe lockstep_winograd_kernel_gradients(
              sums, kernelSide, inputs, outputs, inputs * outputs, gradient.baseAddress!)
          }
        }
      }
    }
  }
}

/// The tiles of a pass.
private struct Tiles {
  /// What is computed tile by tile.
  let image: Extent2D
  let side: Int
  let padding: Extent2D

  private var rows: Int { (image.height + side - 1) / side }
  private var columns: Int { (image.width + side - 1) / side }

  func count(samples: Int) -> Int { samples * rows * columns }

  /// Blocks of at most `size` tiles of all samples.
  func blocks(of size: Int, samples: Int) -> LazyMapSequence<StrideTo<Int>, Range<Int>> {
    let count = count(samples: samples)
    return Swift.stride(from: 0, to: count, by: size).lazy.map { $0..<min($0 + size, count) }
  }

  /// The tiles as windows of the image that is read.
  func reading(_ image: Extent2D, channels: Int) -> lockstep_tiles {
    lockstep_tiles(
      height: image.height, width: image.width, channels: channels, rows: rows, columns: columns,
      side: side, row_padding: padding.height, column_padding: padding.width)
  }

  /// The tiles as outputs.
  func writing(channels: Int) -> lockstep_tiles {
    lockstep_tiles(
      height: image.height, width: image.width, channels: channels, rows: rows, columns: columns,
      side: side, row_padding: 0, column_padding: 0)
  }
}

extension ConvolutionGeometry {
  /// Whether 6×6 windows fit: a square kernel of 3 or 5, stride and dilation 1.
  var hasTiles: Bool {
    (window.kernel == 3 || window.kernel == 5) && window.stride == 1 && window.dilation == 1
  }
}

/// Overwrites a [columns, rows] with the transpose of another [rows, columns].
func transpose(
  _ from: UnsafePointer<Float>, rows: Int, columns: Int, rowFrom: Int,
  into: UnsafeMutablePointer<Float>, rowInto: Int
) {
  // Squares of 16 keep both sides within a few cache lines.
  for firstRow in stride(from: 0, to: rows, by: 16) {
    for firstColumn in stride(from: 0, to: columns, by: 16) {
      for row in firstRow..<min(firstRow + 16, rows) {
        for column in firstColumn..<min(firstColumn + 16, columns) {
          unsafe into[column * rowInto + row] = from[row * rowFrom + column]
        }
      }
    }
  }
}
