import CVectors
import Storage

/// A depthwise convolution sixteen channels at a time; C ≥ 16.
///
/// The gradient of the input is one for each residue of positions modulo the stride, as with
/// `DirectConvolution`. The workspace is a line of zeros, for what lies above and below an image.
struct FastDepthwise {
  let shape: ConvolutionGeometry

  init(_ shape: ConvolutionGeometry) { self.shape = shape }

  /// Rows of the largest kernel whose lines the vector kernel keeps.
  static let mostRows = 16

  var window: WindowGeometry { shape.window }
  var channels: Int { shape.inputChannels }

  /// Floats of scratch memory of any pass.
  var workspaceCount: Int { max(window.input.width, window.output.width) * channels }

  /// Overwrites y [N, OH, OW, C]; weights are [KH, KW, 1, C].
  func forward(
    _ x: Span<Float>, _ weights: Span<Float>, samples: Int, into y: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    fill(&workspace, with: 0)
    var loops = unsafe outputLoops(
      streaming: streams(y.mutableAddress!, count: y.count, channels: channels))
    for n in 0..<samples {
      unsafe lockstep_depthwise_outputs(
        x.address! + n * window.input.count * channels, weights.address, &loops,
        workspace.mutableAddress, y.mutableAddress! + n * window.output.count * channels,
        nil)
    }
  }

  /// Overwrites the gradient of the weights, [KH, KW, 1, C].
  func weightGradient(
    _ x: Span<Float>, _ dy: Span<Float>, samples: Int, into gradient: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    fill(&workspace, with: 0)
    var loops = outputLoops()
    for n in 0..<samples {
      unsafe lockstep_depthwise_kernel_gradient(
        x.address! + n * window.input.count * channels,
        dy.address! + n * window.output.count * channels, &loops, workspace.mutableAddress,
        gradient.mutableAddress, n > 0, nil)
    }
  }

  /// Overwrites the gradient of the input, [N, H, W, C]; the weights are as `reverse` leaves them.
  func inputGradient(
    _ dy: Span<Float>, _ reversed: Span<Float>, samples: Int, into dx: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    fill(&workspace, with: 0)
    let streaming = unsafe streams(dx.mutableAddress!, count: dx.count, channels: channels)
    for n in 0..<samples {
      unsafe inputGradient(
        ofLines: 0..<window.input.height, dy.address! + n * window.output.count * channels,
        held: window.output.height, reversed.address!,
        into: dx.mutableAddress! + n * window.input.count * channels,
        zeros: workspace.mutableAddress!, streaming: streaming)
    }
  }

  /// The gradient of some lines of an image.
  ///
  /// - Parameters:
  ///   - dy: the image's, row r of which lies where row r mod `held` is.
  ///   - dx: the whole image's.
  func inputGradient(
    ofLines lines: Range<Int>, _ dy: UnsafePointer<Float>, held: Int,
    _ reversed: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
    zeros: UnsafePointer<Float>, streaming: Bool,
    ahead: UnsafeMutablePointer<lockstep_ahead>? = nil
  ) {
    var kernel = unsafe reversed
    for rows in window.rowResidues {
      let places = rows.places(of: lines, stride: window.stride.height)
      for columns in window.columnResidues {
        var loops = lockstep_depthwise(
          channels: channels,
          rows: rows.axis(places: places, sources: window.output.height),
          columns: columns.axis(
            places: 0..<columns.positions, sources: window.output.width),
          held: held,
          row_y: window.stride.height * window.input.width * channels,
          column_y: window.stride.width * channels, streaming: streaming)
        let line = rows.residue + places.lowerBound * window.stride.height
        unsafe lockstep_depthwise_outputs(
          dy, kernel, &loops, zeros,
          dx + (line * window.input.width + columns.residue) * channels, ahead)
        unsafe kernel += rows.elements.count * columns.elements.count * channels
      }
    }
  }

  /// Brings weights into the form that `inputGradient` reads: for each residue its kernel elements,
  /// last first.
  func reverse(_ weights: Span<Float>, into reversed: inout MutableSpan<Float>) {
    var next = 0
    for rows in window.rowResidues {
      for columns in window.columnResidues {
        for row in rows.elements.reversed() {
          for column in columns.elements.reversed() {
            let element = (row * window.kernel.width + column) * channels
            for c in 0..<channels { reversed[next + c] = weights[element + c] }
            next += channels
          }
        }
      }
    }
  }

  /// Some output rows of an image, line i of which lies where line i mod `held` is.
  func outputLoops(rows: Range<Int>, held: Int, streaming: Bool = false) -> lockstep_depthwise {
    lockstep_depthwise(
      channels: channels,
      rows: lockstep_axis(
        outputs: rows.count, positions: window.input.height, elements: window.kernel.height,
        stride: window.stride.height, start: window.firstRow(rows.lowerBound),
        step: window.dilation.height),
      columns: lockstep_axis(
        outputs: window.output.width, positions: window.input.width,
        elements: window.kernel.width, stride: window.stride.width, start: -window.padding.width,
        step: window.dilation.width),
      held: held, row_y: window.output.width * channels, column_y: channels, streaming: streaming)
  }

  private func outputLoops(streaming: Bool = false) -> lockstep_depthwise {
    outputLoops(
      rows: 0..<window.output.height, held: window.input.height, streaming: streaming)
  }
}

extension Residue {
  /// The residue's positions that lie in a range of the axis, by their numbers.
  fileprivate func places(of range: Range<Int>, stride: Int) -> Range<Int> {
    func number(_ bound: Int) -> Int {
      bound <= residue ? 0 : min(positions, (bound - residue + stride - 1) / stride)
    }
    return number(range.lowerBound)..<number(range.upperBound)
  }

  /// Some positions of the residue as outputs that see a run of the output's gradient.
  fileprivate func axis(places: Range<Int>, sources: Int) -> lockstep_axis {
    lockstep_axis(
      outputs: places.count, positions: sources, elements: elements.count, stride: 1,
      start: places.lowerBound + firstSource, step: sourceStep)
  }
}
