import CVectors

// Pixels are bytes [positions, C], channel last; a table has 256 entries a channel: [C, 256].

/// Adds to `counts` [C, 256] how often each value occurs in each channel of `pixels`.
public func countPixelValues(
  _ pixels: Span<UInt8>, channels: Int, into counts: inout MutableSpan<Int>
) {
  precondition(
    counts.count == 256 * channels, "\(counts.count) counts for \(channels) channels of 256")
  precondition(
    pixels.count % channels == 0, "\(pixels.count) pixels are no whole number of \(channels)")
  var row = 0
  for index in pixels.indices {
    counts[row + Int(pixels[index])] += 1
    row = row == 256 * (channels - 1) ? 0 : row + 256
  }
}

/// Mean and standard deviation of each channel, where a byte v stands for v / 255.
///
/// They follow from exact counts [C, 256], so neither the order of samples nor of sums matters.
public func meansAndDeviations(
  counts: Span<Int>, channels: Int
) -> (means: [Double], deviations: [Double]) {
  precondition(
    counts.count == 256 * channels, "\(counts.count) counts for \(channels) channels of 256")
  var means: [Double] = []
  var deviations: [Double] = []
  for row in 0..<channels {
    var (total, sum) = (0, 0)
    for value in 0..<256 {
      total += counts[256 * row + value]
      sum += counts[256 * row + value] * value
    }
    let mean = total == 0 ? 0 : Double(sum) / (255 * Double(total))
    var squares = 0.0
    for value in 0..<256 {
      let distance = Double(value) / 255 - mean
      squares += Double(counts[256 * row + value]) * (distance * distance)
    }
    means.append(mean)
    deviations.append(total == 0 ? 0 : (squares / Double(total)).squareRoot())
  }
  return (means, deviations)
}

/// Overwrites `table` [C, 256] with (v / 255 - mean) / deviation for every byte v.
///
/// A channel that never varies has deviation 0; it is only shifted.
public func fillNormalizationTable(
  means: [Double], deviations: [Double], into table: inout MutableSpan<Float>
) {
  precondition(
    means.count == deviations.count && table.count == 256 * means.count,
    "a table of \(table.count) for \(means.count) means and \(deviations.count) deviations")
  for channel in means.indices {
    let scale = deviations[channel] == 0 ? 1 : deviations[channel]
    for value in 0..<256 {
      table[256 * channel + value] = Float((Double(value) / 255 - means[channel]) / scale)
    }
  }
}

/// Overwrites `output` with the entries of `table` [C, 256] that belong to `pixels`; same layout.
public func normalizePixels(
  _ pixels: Span<UInt8>, table: Span<Float>, channels: Int, into output: inout MutableSpan<Float>
) {
  precondition(
    pixels.count == output.count, "\(pixels.count) pixels for \(output.count) numbers")
  precondition(
    table.count == 256 * channels && pixels.count % channels == 0,
    "\(pixels.count) pixels, a table of \(table.count), \(channels) channels")
  unsafe lockstep_look_up(
    pixels.withUnsafeBufferPointer { $0.baseAddress }, pixels.count, table.address,
    channels, output.mutableAddress)
}
