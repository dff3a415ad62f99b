import CVectors
import Storage

// Direct convolutions that are pooled two rows at a time. The gradient of the weights is the sum of
// the patches that winners see: a quarter of all products.

extension DirectConvolution {
  /// Whether patches are runs of the image's rows.
  var canPool: Bool { shape.path == .patches && window.dilation == 1 }

  /// The positions of two rows.
  private var pair: Int { 2 * window.output.width }
  /// Floats of a row of a patch.
  private var patchRow: Int { window.kernel.width * inputs }
  /// From one patch to the next.
  private var patchStride: Int { (shape.patch + 15) / 16 * 16 }
  /// What a vector may read or write behind a row.
  private static let slack = 16

  /// An image in its frame, always copied: vectors read beyond its end.
  private var imageCount: Int {
    let frame = window.inputFrame
    return frame.height * frame.width * inputs + Self.slack
  }

  /// Floats of scratch memory: for the forward pass a framed image and two rows of outputs, or four
  /// times the image; for the gradient an image, the patches of two rows, and the sums.
  var pooledWorkspaceCount: Int {
    imageCount
      + max(
        isNarrow ? 4 * imageCount : pair * outputs,
        pair * patchStride + Self.slack + outputs * patchStride)
  }

  /// Whether the few channels beyond sixteen take a quarter of a vector: see `lockstep_narrow`.
  private var isNarrow: Bool {
    inputs == 1 && window.stride == 1 && (16...20).contains(outputs)
      && shape.patch <= Int(LOCKSTEP_NARROW_TAPS)
  }

  /// Overwrites what is pooled.
  func forward(
    _ x: Span<Float>, _ prepared: Span<Float>, samples: Int, pooling pooled: lockstep_pooled,
    workspace: inout MutableSpan<Float>
  ) {
    let memory = unsafe workspace.mutableAddress!
    let rows = unsafe memory + imageCount
    let (height, width) = (window.output.height / 2, window.output.width / 2)
    var pooled = unsafe pooled
    var narrow = lockstep_narrow(
      height: window.inputFrame.height, line: window.inputFrame.width,
      kernel_height: window.kernel.height, kernel_width: window.kernel.width, rows: height,
      windows: width, channels: outputs)
    for n in 0..<samples {
      let image = unsafe window.inputFrame.framing(
        x.address! + n * window.input.count * inputs, channels: inputs, in: memory)
      if isNarrow {
        unsafe lockstep_pool_narrow(image, &narrow, prepared.address!, rows, &pooled)
        unsafe pooled.y += height * width * outputs
        unsafe pooled.winners += height * width * outputs
        continue
      }
      for row in 0..<height {
        unsafe forward(image, prepared.address!, rows: 2 * row..<2 * row + 2, into: rows)
        unsafe lockstep_pool_rows(rows, window.output.width, outputs, &pooled)
        unsafe pooled.y += width * outputs
        unsafe pooled.winners += width * outputs
      }
    }
  }

  /// Overwrites the gradient of the weights.
  func weightGradient(
    _ x: Span<Float>, _ dy: WonGradient, samples: Int, into gradient: inout MutableSpan<Float>,
    workspace: inout MutableSpan<Float>
  ) {
    let memory = unsafe workspace.mutableAddress!
    let patches = unsafe memory + imageCount
    let sums = unsafe patches + pair * patchStride + Self.slack
    unsafe sums.update(repeating: 0, count: outputs * patchStride)
    let frame = window.inputFrame
    let line = frame.width * inputs
    let (height, width) = (window.output.height / 2, window.output.width / 2)
    unsafe (memory + imageCount - Self.slack).update(repeating: 0, count: Self.slack)
    for n in 0..<samples {
      unsafe frame.copying(
        x.address! + n * window.input.count * inputs, channels: inputs, to: memory)
      for row in 0..<height {
        for below in 0..<2 {
          unsafe lockstep_gather_patches(
            memory + (2 * row + below) * window.stride.height * line,
            line, window.stride.width * inputs, window.output.width, window.kernel.height,
            patchRow, patches + below * window.output.width * patchStride, patchStride)
        }
        let first = (n * height + row) * width * outputs
        unsafe lockstep_add_won_patches(
          dy.values + first, dy.winners + first, width, outputs, patches, window.output.width,
          patchStride, sums)
      }
    }
    unsafe lockstep_transpose(
      sums, patchStride, outputs, shape.patch, gradient.mutableAddress!, outputs)
  }
}
