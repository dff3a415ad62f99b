import CVectors
import Storage

extension FastDepthwise {
  /// Strips of which the lines take about `floats`: few enough to stay in the cache beside the next
  /// strip, which is fetched meanwhile.
  private func strips(_ floats: Int) -> LineStrips {
    let stride = window.stride.height
    let lines = max(1, floats / (window.input.width * channels) / stride) * stride
    return LineStrips(window, lines: lines)
  }

  private var forwardStrips: LineStrips { strips(24 << 10) }
  private var gradientStrips: LineStrips { strips(16 << 10) }

  /// Floats of the longest strips of x and dy, and of a line of zeros.
  var stripFloats: (x: Int, dy: Int, zeros: Int) {
    let lines = max(forwardStrips.mostLines, gradientStrips.mostLines)
    return (
      lines * window.input.width * channels,
      gradientStrips.mostRows * window.output.width * channels, workspaceCount
    )
  }

  func forward(
    _ x: UnsafePointer<Float>, by norm: borrowing ChannelNormalization,
    _ weights: UnsafePointer<Float>, samples: Int, into y: UnsafeMutablePointer<Float>,
    _ moments: inout ArrivingMoments?, _ memory: StripMemory, _ base: UnsafeMutablePointer<Float>
  ) {
    let zeros = unsafe clear(base + memory.zeros)
    let streaming =
      unsafe moments == nil
      && streams(y, count: samples * window.output.count * channels, channels: channels)
    let strips = forwardStrips
    let held = norm.isEmpty ? window.input.height : strips.mostLines
    for n in 0..<samples {
      var ring = LineRing(held: held)
      for strip in strips where !strip.ownRows.isEmpty {
        let lines = unsafe lines(strip.lines, of: n, in: x, by: norm, &ring, memory, base)
        let next = positions(strips.size, after: strip.lines, of: n, samples, in: window.input)
        let rows = positions(strip.ownRows, of: n, in: window.output)
        var ahead = Ahead(steps: forwardSteps(rows.count))
        unsafe ahead.add(x, next, channels: channels)
        if !streaming {
          unsafe ahead.add(y, following(rows, of: samples, in: window.output), channels: channels)
        }
        var loops = outputLoops(rows: strip.ownRows, held: ring.held, streaming: streaming)
        unsafe lockstep_depthwise_outputs(
          lines, weights, &loops, zeros, y + rows.lowerBound * channels, &ahead.pieces)
        ahead.finish()
        moments?.add(ready: rows.upperBound * channels)
      }
    }
  }

  func gradients(
    _ x: UnsafePointer<Float>, by norm: borrowing ChannelNormalization,
    _ arriving: borrowing ArrivingGradient, _ reversed: UnsafePointer<Float>, samples: Int,
    into gradient: UnsafeMutablePointer<Float>, input dx: UnsafeMutablePointer<Float>,
    _ sums: inout ArrivingSums?, _ memory: StripMemory, _ base: UnsafeMutablePointer<Float>
  ) {
    let zeros = unsafe clear(base + memory.zeros)
    let image = window.input.count * channels
    let strips = gradientStrips
    let heldLines = norm.isEmpty ? window.input.height : strips.mostLines
    let heldRows = arriving.isPlain ? window.output.height : strips.mostRows
    var isAdding = false
    for n in 0..<samples {
      var lineRing = LineRing(held: heldLines)
      var rowRing = LineRing(held: heldRows)
      for strip in strips {
        let lines = unsafe lines(strip.lines, of: n, in: x, by: norm, &lineRing, memory, base)
        let dy = unsafe rows(strip.rows, of: n, arriving, &rowRing, memory, base)
        let nextRows = positions(
          strips.size / window.stride.height, after: strip.rows, of: n, samples, in: window.output)
        let next = positions(strips.size, after: strip.lines, of: n, samples, in: window.input)
        let ownLines = positions(strip.ownLines, of: n, in: window.input)
        var ahead = Ahead(steps: gradientSteps(strip))
        unsafe ahead.add(x, next, channels: channels)
        arriving.add(nextRows, channels: channels, to: &ahead)
        unsafe ahead.add(
          dx, following(ownLines, of: samples, in: window.input), channels: channels)
        for run in rowRing.runs(strip.ownRows) {
          var loops = outputLoops(rows: run, held: lineRing.held)
          let first = rowRing.place(run.lowerBound) * window.output.width * channels
          unsafe lockstep_depthwise_kernel_gradient(
            lines, dy + first, &loops, zeros, gradient, isAdding, &ahead.pieces)
          isAdding = true
        }
        unsafe inputGradient(
          ofLines: strip.ownLines, dy, held: rowRing.held, reversed, into: dx + n * image,
          zeros: zeros, streaming: false, ahead: &ahead.pieces)
        ahead.finish()
        sums?.add(ready: ownLines.upperBound * channels)
      }
    }
  }

  /// Lines of image n as they are read: line i where line i mod `ring.held` is.
  private func lines(
    _ lines: Range<Int>, of n: Int, in x: UnsafePointer<Float>,
    by norm: borrowing ChannelNormalization, _ ring: inout LineRing, _ memory: StripMemory,
    _ base: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    if norm.isEmpty { return unsafe x + n * window.input.count * channels }
    let strip = unsafe base + memory.x
    for run in ring.extend(to: lines) {
      let place = ring.place(run.lowerBound) * window.input.width * channels
      _ = unsafe norm.rows(
        positions(run, of: n, in: window.input), of: x, channels: channels,
        scratch: strip + place, workspace: base + memory.tables)
    }
    return unsafe UnsafePointer(strip)
  }

  /// The same for rows of dy.
  private func rows(
    _ rows: Range<Int>, of n: Int, _ arriving: borrowing ArrivingGradient, _ ring: inout LineRing,
    _ memory: StripMemory, _ base: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    if arriving.isPlain {
      return unsafe arriving.values.address! + n * window.output.count * channels
    }
    let strip = unsafe base + memory.dy
    for run in ring.extend(to: rows) {
      let place = ring.place(run.lowerBound) * window.output.width * channels
      _ = unsafe arriving.rows(
        positions(run, of: n, in: window.output), channels: channels, scratch: strip + place,
        workspace: base + memory.tables)
    }
    return unsafe UnsafePointer(strip)
  }

  /// The positions of some lines of image n among those of all images.
  private func positions(_ lines: Range<Int>, of n: Int, in plane: Extent2D) -> Range<Int> {
    (n * plane.height + lines.lowerBound) * plane.width..<(n * plane.height + lines.upperBound)
      * plane.width
  }

  /// The positions of up to `count` lines that follow some lines of image n, if need be in the next
  /// image.
  private func positions(
    _ count: Int, after lines: Range<Int>, of n: Int, _ samples: Int, in plane: Extent2D
  ) -> Range<Int> {
    let first = n * plane.height + lines.upperBound
    let end = min(first + count, samples * plane.height)
    return first * plane.width..<end * plane.width
  }

  /// As many positions as some others, after them.
  private func following(
    _ positions: Range<Int>, of samples: Int, in plane: Extent2D
  ) -> Range<Int> {
    let end = min(positions.upperBound + positions.count, samples * plane.count)
    return positions.upperBound..<end
  }

  /// Steps of the loops that make `count` outputs.
  private func forwardSteps(_ count: Int) -> Int {
    let stride = window.stride.height
    return moves ? movingSteps(count, stride: stride) : steps(count, elements: window.kernel.count)
  }

  /// Steps of the loops that make both gradients of a strip.
  private func gradientSteps(_ strip: LineStrip) -> Int {
    let rows = strip.ownRows.count * window.output.width
    let lines = strip.ownLines.count * window.input.width
    let residues = window.stride.height * window.stride.width
    return rows * vectors
      + (moves && residues == 1
        ? movingSteps(lines, stride: 1)
        : steps(lines, elements: window.kernel.count / residues))
  }

  /// Whether kernels move a window over the lines.
  private var moves: Bool { window.kernel == 3 && window.dilation == 1 }

  /// The steps of a moving window: one for each column that it takes in, for two rows of outputs, and
  /// one for each output.
  private func movingSteps(_ count: Int, stride: Int) -> Int {
    count * vectors * (stride + 2) / 2
  }

  /// The steps of other loops: for eight outputs one for each element, and one for each output.
  private func steps(_ count: Int, elements: Int) -> Int {
    count * vectors * (elements + 8) / 8
  }

  /// Vectors of sixteen channels.
  private var vectors: Int { (channels + 15) / 16 }

  private func clear(_ zeros: UnsafeMutablePointer<Float>) -> UnsafePointer<Float> {
    unsafe zeros.update(repeating: 0, count: workspaceCount)
    return unsafe UnsafePointer(zeros)
  }
}
