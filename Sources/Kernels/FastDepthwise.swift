import CVectors
import Storage

// Depthwise convolutions sixteen channels at a time, on framed images. The gradient of the input is
// one for each residue of positions modulo the stride, as with `DirectConvolution`.

/// Overwrites y [N, OH, OW, C]; weights are [KH, KW, 1, C], C ≥ 16.
func fastDepthwise(
  _ x: Span<Float>, _ weights: Span<Float>, _ shape: ConvolutionGeometry, samples: Int,
  into y: inout MutableSpan<Float>, workspace: inout MutableSpan<Float>
) {
  let window = shape.window
  let channels = shape.inputChannels
  var loops = shape.depthwiseLoops
  unsafe x.withUnsafeBufferPointer { x in
    unsafe weights.withUnsafeBufferPointer { weights in
      unsafe y.withUnsafeMutableBufferPointer { y in
        unsafe workspace.withUnsafeMutableBufferPointer { workspace in
          for n in 0..<samples {
            let image = unsafe window.inputFrame.framing(
              x.baseAddress! + n * window.input.count * channels, channels: channels,
              in: workspace)
            unsafe lockstep_depthwise_outputs(
              image, weights.baseAddress!, &loops,
              y.baseAddress! + n * window.output.count * channels)
          }
        }
      }
    }
  }
}

/// Overwrites the gradient of depthwise weights, [KH, KW, 1, C], C ≥ 16.
func fastDepthwiseWeightGradient(
  _ x: Span<Float>, _ dy: Span<Float>, _ shape: ConvolutionGeometry, samples: Int,
  into gradient: inout MutableSpan<Float>, workspace: inout MutableSpan<Float>
) {
  let window = shape.window
  let channels = shape.inputChannels
  var loops = shape.depthwiseLoops
  unsafe x.withUnsafeBufferPointer { x in
    unsafe dy.withUnsafeBufferPointer { dy in
      unsafe gradient.withUnsafeMutableBufferPointer { gradient in
        unsafe workspace.withUnsafeMutableBufferPointer { workspace in
          for n in 0..<samples {
            let image = unsafe window.inputFrame.framing(
              x.baseAddress! + n * window.input.count * channels, channels: channels,
              in: workspace)
            unsafe lockstep_depthwise_kernel_gradient(
              image, dy.baseAddress! + n * window.output.count * channels, &loops,
              gradient.baseAddress!, n > 0)
          }
        }
      }
    }
  }
}

/// Overwrites the gradient of the input, [N, H, W, C], C ≥ 16, with weights by `reverseDepthwise`.
func fastDepthwiseInputGradient(
  _ dy: Span<Float>, _ reversed: Span<Float>, _ shape: ConvolutionGeometry, samples: Int,
  into dx: inout MutableSpan<Float>, workspace: inout MutableSpan<Float>
) {
  let window = shape.window
  let channels = shape.inputChannels
  let frame = window.gradientFrame
  let line = frame.width * channels
  unsafe dy.withUnsafeBufferPointer { dy in
    unsafe reversed.withUnsafeBufferPointer { reversed in
      unsafe dx.withUnsafeMutableBufferPointer { dx in
        unsafe workspace.withUnsafeMutableBufferPointer { workspace in
          for n in 0..<samples {
            let image = unsafe frame.framing(
              dy.baseAddress! + n * window.output.count * channels, channels: channels,
              in: workspace)
            var kernel = reversed.baseAddress!
            for rows in window.rowResidues {
              for columns in window.columnResidues {
                var loops = lockstep_depthwise(
                  channels: channels, rows: rows.positions, columns: columns.positions,
                  row_x: line, column_x: channels,
                  row_y: window.stride.height * window.input.width * channels,
                  column_y: window.stride.width * channels,
                  kernel_rows: rows.elements.count, kernel_columns: columns.elements.count,
                  kernel_row_x: rows.sourceStep * line,
                  kernel_column_x: columns.sourceStep * channels)
                let from =
                  (frame.top + rows.firstSource) * frame.width
                  + frame.left + columns.firstSource
                let to =
                  (n * window.input.height + rows.residue) * window.input.width
                  + columns.residue
                unsafe lockstep_depthwise_outputs(
                  image + from * channels, kernel, &loops, dx.baseAddress! + to * channels)
                unsafe kernel += rows.elements.count * columns.elements.count * channels
              }
            }
          }
        }
      }
    }
  }
}

/// For each residue its kernel elements, last first.
func reverseDepthwise(
  _ weights: Span<Float>, _ shape: ConvolutionGeometry, into reversed: inout MutableSpan<Float>
) {
  let channels = shape.inputChannels
  var next = 0
  for rows in shape.window.rowResidues {
    for columns in shape.window.columnResidues {
      for row in rows.elements.reversed() {
        for column in columns.elements.reversed() {
          let element = (row * shape.window.kernel.width + column) * channels
          for c in 0..<channels { reversed[next + c] = weights[element + c] }
          next += channels
        }
      }
    }
  }
}

extension ConvolutionGeometry {
  /// Floats of scratch memory of a fast depthwise pass: one framed image.
  var depthwisePlaneCount: Int {
    max(
      window.inputFrame.count(channels: inputChannels),
      window.gradientFrame.count(channels: inputChannels))
  }

  /// The outputs and the kernel on a framed image.
  fileprivate var depthwiseLoops: lockstep_depthwise {
    let line = window.inputFrame.width * inputChannels
    return lockstep_depthwise(
      channels: inputChannels, rows: window.output.height, columns: window.output.width,
      row_x: window.stride.height * line, column_x: window.stride.width * inputChannels,
      row_y: window.output.width * inputChannels, column_y: inputChannels,
      kernel_rows: window.kernel.height, kernel_columns: window.kernel.width,
      kernel_row_x: window.dilation.height * line,
      kernel_column_x: window.dilation.width * inputChannels)
  }
}
