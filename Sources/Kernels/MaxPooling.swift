import Storage

/// Overwrites y [N, OH, OW, C] with the largest input of each window; padding never wins.
///
/// The first of equals wins, in the order of the window's elements; NaN wins over numbers.
///
/// - Parameters:
///   - x: [N, H, W, C].
///   - indices: [N, OH, OW, C], overwritten with where each winner lies in its sample.
public func maxPooling(
  _ x: Span<Float>, _ window: WindowGeometry, channels: Int, into y: inout MutableSpan<Float>,
  indices: inout MutableSpan<Int32>
) {
  let samples = checkedSamples(x.count, y.count, window, channels: channels)
  precondition(indices.count == y.count, "\(indices.count) indices for \(y.count) outputs")
  var place = OutputPlace(0, window)
  for position in 0..<samples * window.output.count {
    var best = y.slice(position * channels..<(position + 1) * channels)
    var winners = indices.slice(position * channels..<(position + 1) * channels)
    fill(&best, with: -.infinity)
    let rows = window.rowsInside(place.row)
    let columns = window.columnsInside(place.column)
    precondition(
      !rows.isEmpty && !columns.isEmpty, "a window in the padding: \(window.padding) at \(window)")
    let first = window.inputPosition(place, rows.lowerBound, columns.lowerBound) * channels
    for c in 0..<channels { winners[c] = Int32(truncatingIfNeeded: first + c) }
    let sampleStart = place.sample * window.input.count * channels
    for kh in rows {
      for kw in columns {
        let offset = window.inputPosition(place, kh, kw) * channels
        let from = sampleStart + offset
        let source = x.extracting(from..<from + channels)
        for c in 0..<channels {
          let (value, largest, winner) = (source[c], best[c], winners[c])
          let wins = value > largest || value != value
          // A mask in place of a choice, which the compiler would turn into branches.
          let mask: Int32 = wins ? -1 : 0
          best[c] = Float(
            bitPattern: value.bitPattern & UInt32(bitPattern: mask)
              | largest.bitPattern & ~UInt32(bitPattern: mask))
          winners[c] = Int32(truncatingIfNeeded: offset &+ c) & mask | winner & ~mask
        }
      }
    }
    place.advance(window)
  }
}

/// Overwrites dx [N, H, W, C]: each output's gradient goes to the input that won.
public func maxPoolingGradient(
  _ dy: Span<Float>, indices: Span<Int32>, _ window: WindowGeometry, channels: Int,
  into dx: inout MutableSpan<Float>
) {
  let samples = checkedSamples(dx.count, dy.count, window, channels: channels)
  precondition(indices.count == dy.count, "\(indices.count) indices for \(dy.count) outputs")
  fill(&dx, with: 0)
  let inputs = window.input.count * channels
  let outputs = window.output.count * channels
  for sample in 0..<samples {
    let outer = dy.extracting(sample * outputs..<(sample + 1) * outputs)
    let winners = indices.extracting(sample * outputs..<(sample + 1) * outputs)
    var target = dx.slice(sample * inputs..<(sample + 1) * inputs)
    for i in 0..<outputs { target[Int(winners[i])] += outer[i] }
  }
}

extension WindowGeometry {
  /// The position, within its sample, of the input under element (kh, kw) of a window.
  func inputPosition(_ place: OutputPlace, _ kh: Int, _ kw: Int) -> Int {
    let row = firstRow(place.row) + kh * dilation.height
    return row * input.width + firstColumn(place.column) + kw * dilation.width
  }
}

/// The number of samples in x [N, H, W, C] and y [N, OH, OW, C]; stops if they differ.
func checkedSamples(_ x: Int, _ y: Int, _ window: WindowGeometry, channels: Int) -> Int {
  let samples = x / (window.input.count * channels)
  precondition(
    x == samples * window.input.count * channels && y == samples * window.output.count * channels,
    "\(x) inputs and \(y) outputs of \(window) with \(channels) channels")
  return samples
}
