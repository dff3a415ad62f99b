import Storage

/// Overwrites `patches` [positions, KH·KW·Cin/groups] with what the outputs of one group see.
///
/// Output positions are counted over all samples; padding is 0. (Also called im2col.)
///
/// - Parameter x: [N, H, W, Cin].
func gatherPatches(
  _ x: Span<Float>, _ shape: ConvolutionGeometry, group: Int, positions: Range<Int>,
  into patches: inout MutableSpan<Float>
) {
  let window = shape.window
  let channels = shape.groupInputs
  let kernelRow = window.kernel.width * channels
  let contiguous = window.dilation.width == 1 && shape.groups == 1
  var place = OutputPlace(positions.lowerBound, window)
  var to = 0
  for _ in positions {
    let rows = window.rowsInside(place.row)
    let columns = window.columnsInside(place.column)
    let firstRow = window.firstRow(place.row)
    let firstColumn = window.firstColumn(place.column)
    for kh in 0..<window.kernel.height {
      var line = patches.slice(to..<to + kernelRow)
      to += kernelRow
      if !rows.contains(kh) || columns.isEmpty {
        fill(&line, with: 0)
        continue
      }
      if columns.count < window.kernel.width {
        zeroEnds(of: &line, keeping: columns.lowerBound * channels..<columns.upperBound * channels)
      }
      let row = (place.sample * window.input.height + firstRow + kh * window.dilation.height)
      if contiguous {
        let from = (row * window.input.width + firstColumn + columns.lowerBound) * channels
        let count = columns.count * channels
        let source = x.extracting(from..<from + count)
        var target = line.slice(columns.lowerBound * channels..<columns.upperBound * channels)
        for i in 0..<count { target[i] = source[i] }
      } else {
        for kw in columns {
          let column = firstColumn + kw * window.dilation.width
          let from = (row * window.input.width + column) * shape.inputChannels + group * channels
          let source = x.extracting(from..<from + channels)
          var target = line.slice(kw * channels..<(kw + 1) * channels)
          for i in 0..<channels { target[i] = source[i] }
        }
      }
    }
    place.advance(window)
  }
}

/// Adds `patches` [positions, KH·KW·Cin/groups] to the inputs they were gathered from.
///
/// The order of the sums is that of positions, then of kernel elements. (Also called col2im.)
///
/// - Parameter x: [N, H, W, Cin], added to.
func scatterPatches(
  _ patches: Span<Float>, _ shape: ConvolutionGeometry, group: Int, positions: Range<Int>,
  adding x: inout MutableSpan<Float>
) {
  let window = shape.window
  let channels = shape.groupInputs
  let kernelRow = window.kernel.width * channels
  let contiguous = window.dilation.width == 1 && shape.groups == 1
  var place = OutputPlace(positions.lowerBound, window)
  var patch = 0
  for _ in positions {
    let columns = window.columnsInside(place.column)
    let firstRow = window.firstRow(place.row)
    let firstColumn = window.firstColumn(place.column)
    for kh in window.rowsInside(place.row) where !columns.isEmpty {
      let line = patch + kh * kernelRow
      let row = (place.sample * window.input.height + firstRow + kh * window.dilation.height)
      if contiguous {
        let to = (row * window.input.width + firstColumn + columns.lowerBound) * channels
        let from = line + columns.lowerBound * channels
        let count = columns.count * channels
        let source = patches.extracting(from..<from + count)
        var target = x.slice(to..<to + count)
        for i in 0..<count { target[i] += source[i] }
      } else {
        for kw in columns {
          let column = firstColumn + kw * window.dilation.width
          let to = (row * window.input.width + column) * shape.inputChannels + group * channels
          let from = line + kw * channels
          let source = patches.extracting(from..<from + channels)
          var target = x.slice(to..<to + channels)
          for i in 0..<channels { target[i] += source[i] }
        }
      }
    }
    patch += shape.patch
    place.advance(window)
  }
}

/// An output position, counted over all samples, as sample, row and column.
struct OutputPlace {
  private(set) var sample: Int
  private(set) var row: Int
  private(set) var column: Int

  init(_ position: Int, _ window: WindowGeometry) {
    sample = position / window.output.count
    row = position % window.output.count / window.output.width
    column = position % window.output.width
  }

  /// Goes on to the next position.
  mutating func advance(_ window: WindowGeometry) {
    column += 1
    if column < window.output.width { return }
    column = 0
    row += 1
    if row < window.output.height { return }
    row = 0
    sample += 1
  }
}

private func zeroEnds(of line: inout MutableSpan<Float>, keeping inside: Range<Int>) {
  for i in 0..<inside.lowerBound { line[i] = 0 }
  for i in inside.upperBound..<line.count { line[i] = 0 }
}
