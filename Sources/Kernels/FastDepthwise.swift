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

  private var window: WindowGeometry { shape.window }
  private var channels: Int { shape.inputChannels }

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
        workspace.mutableAddress, y.mutableAddress! + n * window.output.count * channels)
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
        gradient.mutableAddress, n > 0)
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
      var kernel = 0
      for rows in window.rowResidues {
        for columns in window.columnResidues {
          var loops = lockstep_depthwise(
            channels: channels, rows: rows.axis(positions: window.output.height),
            columns: columns.axis(positions: window.output.width),
            row_y: window.stride.height * window.input.width * channels,
            column_y: window.stride.width * channels, streaming: streaming)
          let place =
            (n * window.input.height + rows.residue) * window.input.width + columns.residue
          unsafe lockstep_depthwise_outputs(
            dy.address! + n * window.output.count * channels, reversed.address! + kernel, &loops,
            workspace.mutableAddress, dx.mutableAddress! + place * channels)
          kernel += rows.elements.count * columns.elements.count * channels
        }
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

  private func outputLoops(streaming: Bool = false) -> lockstep_depthwise {
    lockstep_depthwise(
      channels: channels,
      rows: lockstep_axis(
        outputs: window.output.height, positions: window.input.height,
        elements: window.kernel.height, stride: window.stride.height,
        start: -window.padding.height, step: window.dilation.height),
      columns: lockstep_axis(
        outputs: window.output.width, positions: window.input.width,
        elements: window.kernel.width, stride: window.stride.width, start: -window.padding.width,
        step: window.dilation.width),
      row_y: window.output.width * channels, column_y: channels, streaming: streaming)
  }
}

extension Residue {
  /// The positions of the residue as outputs that see `positions` of the output's gradient.
  fileprivate func axis(positions sources: Int) -> lockstep_axis {
    lockstep_axis(
      outputs: positions, positions: sources, elements: elements.count, stride: 1,
      start: firstSource, step: sourceStep)
  }
}
