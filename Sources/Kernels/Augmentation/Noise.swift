public import Storage

/// Adds normal noise to every byte, in levels, rounded.
///
/// - Parameters:
///   - first: the position in `random` of the first byte's number; the others follow.
public func addNoise(
  _ pixels: inout MutableSpan<UInt8>, mean: Double, sigma: Double, _ random: RandomStream,
  from first: Int
) {
  for index in 0..<pixels.count {
    let noise = Float(mean) + Float(sigma) * random.normal(first + index)
    pixels[index] = clampedByte(Float(pixels[index]) + noise + 0.5)
  }
}
