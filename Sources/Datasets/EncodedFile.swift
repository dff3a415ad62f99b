/// An image file that becomes a sample as it is, and what was found when it was decoded.
internal struct EncodedFile: Sendable {
  /// The bytes of the file.
  var bytes: [UInt8]
  /// Width and height of the image in it, upright.
  var width: Int
  var height: Int
  /// Of each channel, the sum of the bytes of the image at the data set's usual size.
  var sums = SIMD3<Int>()
  /// Of each channel, the sum of their squares.
  var squares = SIMD3<Int>()

  /// A file whose image has `pixels` [H, W, 3] at the usual size.
  init(bytes: [UInt8], width: Int, height: Int, pixels: Span<UInt8>) {
    self.bytes = bytes
    self.width = width
    self.height = height
    for index in stride(from: 0, to: pixels.count, by: 3) {
      let pixel = SIMD3(Int(pixels[index]), Int(pixels[index + 1]), Int(pixels[index + 2]))
      sums &+= pixel
      squares &+= pixel &* pixel
    }
  }
}

/// Means and standard deviations of the images of files, each of `pixels` pixels at the usual size,
/// where a byte v stands for v / 255.
///
/// They follow from exact whole numbers, so the order of files does not matter.
internal func meansAndDeviations(
  of files: [EncodedFile], pixels: Int
) -> (means: [Double], deviations: [Double]) {
  let count = pixels * files.count
  let sum = files.reduce(into: SIMD3<Int>()) { $0 &+= $1.sums }
  let square = files.reduce(into: SIMD3<Int>()) { $0 &+= $1.squares }
  let scale = 255 * Double(count)
  return (
    (0..<3).map { Double(sum[$0]) / scale },
    (0..<3).map { channel in
      // n² times the variance: exact, whatever the mean.
      let (s, q) = (Int128(sum[channel]), Int128(square[channel]))
      return Double(Int128(count) * q - s * s).squareRoot() / scale
    }
  )
}
