public import Storage

// What becomes of pixels by their neighbours: blurring and sharpening of images [H, W, C].

/// Overwrites `weights` with the samples of a Gauss curve around its middle, of sum 1.
public func fillGaussWeights(_ weights: inout MutableSpan<Float>, sigma: Double) {
  let middle = Double(weights.count - 1) / 2
  var sum = 0.0
  for index in 0..<weights.count {
    let distance = (Double(index) - middle) / sigma
    sum += exponential(-distance * distance / 2)
  }
  for index in 0..<weights.count {
    let distance = (Double(index) - middle) / sigma
    weights[index] = Float(exponential(-distance * distance / 2) / sum)
  }
}

/// Overwrites `output` with an image smoothed by weights along columns and rows, about its
/// outermost pixels mirrored, as torchvision's GaussianBlur.
///
/// - Parameters:
///   - pixels: the image [H, W, C], of `size`.
///   - down, along: odd numbers of weights, for columns and rows.
///   - between: memory [H, W, C], overwritten.
///   - output: [H, W, C].
public func blur(
  _ pixels: Span<UInt8>, size: Extent2D, channels: Int, down: Span<Float>, along: Span<Float>,
  between: inout MutableSpan<Float>, into output: inout MutableSpan<UInt8>
) {
  precondition(
    pixels.count == size.count * channels && output.count == pixels.count
      && between.count == pixels.count, "\(pixels.count) bytes of \(size), \(channels) channels")
  let width = size.width * channels
  let (reach, reachDown) = (along.count / 2, down.count / 2)
  for row in 0..<size.height {
    for column in 0..<size.width {
      for channel in 0..<channels {
        var sum: Float = 0
        for tap in 0..<along.count {
          let place = PixelBorder.reflect.place(column + tap - reach, of: size.width) ?? 0
          sum += along[tap] * Float(pixels[row * width + place * channels + channel])
        }
        between[row * width + column * channels + channel] = sum
      }
    }
  }
  for row in 0..<size.height {
    for index in 0..<width {
      var sum: Float = 0
      for tap in 0..<down.count {
        let place = PixelBorder.reflect.place(row + tap - reachDown, of: size.height) ?? 0
        sum += down[tap] * between[place * width + index]
      }
      output[row * width + index] = clampedByte(sum + 0.5)
    }
  }
}

/// Overwrites `output` with an image whose distance from a smoothed one is multiplied by `factor`.
///
/// A factor of 0 smooths, 1 changes nothing, more sharpens; the outermost pixels stay.
/// As PIL's `ImageEnhance.Sharpness`: the middle weighs 5, its eight neighbours 1 of 13.
public func sharpen(
  _ pixels: Span<UInt8>, size: Extent2D, channels: Int, factor: Float,
  into output: inout MutableSpan<UInt8>
) {
  precondition(
    pixels.count == size.count * channels && output.count == pixels.count,
    "\(pixels.count) bytes of \(size), \(channels) channels")
  let width = size.width * channels
  for row in 0..<size.height {
    let isEdge = row == 0 || row == size.height - 1
    for index in 0..<width {
      let middle = row * width + index
      guard !isEdge, index >= channels, index < width - channels else {
        output[middle] = pixels[middle]
        continue
      }
      var sum = 4 * Int(pixels[middle])
      for line in stride(from: middle - width, through: middle + width, by: width) {
        sum += Int(pixels[line - channels]) + Int(pixels[line]) + Int(pixels[line + channels])
      }
      let smooth = Float((2 * sum + 13) / 26)
      output[middle] = clampedByte(smooth + factor * (Float(pixels[middle]) - smooth))
    }
  }
}
