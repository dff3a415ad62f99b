/// Brings pixels to another size, in memory that is kept from one image to the next: first along
/// rows, then along columns, as PIL does.
internal struct Resampling {
  /// How the target's columns, and its rows, are made.
  var columns = ResamplingAxis()
  var rows = ResamplingAxis()
  /// The needed rows of the source, at the target's columns.
  private var between: [UInt8] = []
  /// The sums of one row.
  private var sums: [Int32] = []

  /// Takes the memory for images whose sides have at most `side` pixels.
  mutating func reserve(side: Int, width: Int, height: Int) {
    columns.reserve(width, of: side)
    rows.reserve(height, of: side)
    between.reserveCapacity(3 * side * width)
    sums.reserveCapacity(3 * width)
  }

  /// Overwrites `target` [rows, columns, 3] from the pixels of `picture`.
  mutating func run(_ picture: DecodedImage, into target: inout MutableSpan<UInt8>) {
    let needed = rows.needed
    between.grow(3 * needed.count * columns.count)
    sums.grow(3 * columns.count)
    let first = 3 * picture.width * needed.lowerBound
    let pixels = picture.pixels.span.extracting(first..<3 * picture.width * needed.upperBound)
    Resampling.resample(pixels, width: picture.width, columns, into: &between)
    Resampling.resample(between, stride: 3 * columns.count, rows, &sums, into: &target)
  }

  /// Makes every row of `pixels` [rows, width, 3] a row of `result` [rows, columns, 3].
  private static func resample(
    _ pixels: Span<UInt8>, width: Int, _ columns: ResamplingAxis, into result: inout [UInt8]
  ) {
    let weights = columns.weights.span
    let taps = columns.taps.span
    var target = result.mutableSpan
    var written = 0
    for row in 0..<pixels.count / (3 * width) {
      for column in taps.indices {
        let first = columns.weightCount * column
        var (r, g, b) = (ResamplingAxis.half, ResamplingAxis.half, ResamplingAxis.half)
        var source = 3 * (row * width + taps[column].lowerBound)
        for tap in 0..<taps[column].count {
          let weight = weights[first + tap]
          r &+= Int32(pixels[source]) &* weight
          g &+= Int32(pixels[source + 1]) &* weight
          b &+= Int32(pixels[source + 2]) &* weight
          source += 3
        }
        target[written] = ResamplingAxis.byte(r)
        target[written + 1] = ResamplingAxis.byte(g)
        target[written + 2] = ResamplingAxis.byte(b)
        written += 3
      }
    }
  }

  /// Makes rows of `target` from rows of `lines`, each of `stride` bytes; `lines` begins with the
  /// first needed row.
  private static func resample(
    _ lines: [UInt8], stride: Int, _ rows: ResamplingAxis, _ memory: inout [Int32],
    into target: inout MutableSpan<UInt8>
  ) {
    let source = lines.span
    let first = rows.needed.lowerBound
    let taps = rows.taps.span
    var sums = memory.mutableSpan
    for row in taps.indices {
      for index in 0..<stride { sums[index] = ResamplingAxis.half }
      for line in taps[row] {
        let weight = rows.weights[rows.weightCount * row + line - taps[row].lowerBound]
        let start = (line - first) * stride
        for index in 0..<stride { sums[index] &+= Int32(source[start + index]) &* weight }
      }
      for index in 0..<stride { target[row * stride + index] = ResamplingAxis.byte(sums[index]) }
    }
  }
}
