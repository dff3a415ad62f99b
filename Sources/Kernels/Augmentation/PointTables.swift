import Storage

// What becomes of each byte whatever its place: tables [C, 256], after PIL's ImageOps and
// ImageEnhance, fractions cut off as there.

/// Overwrites every byte of `pixels` [positions, C] with its entry in `tables` [C, 256].
public func lookUpPixels(_ pixels: inout MutableSpan<UInt8>, tables: Span<UInt8>) {
  let channels = tables.count / 256
  precondition(
    tables.count == 256 * channels && pixels.count % channels == 0,
    "\(pixels.count) bytes, tables of \(tables.count)")
  var row = 0
  for index in 0..<pixels.count {
    pixels[index] = tables[row + Int(pixels[index])]
    row = row == 256 * (channels - 1) ? 0 : row + 256
  }
}

/// An adjustment of each byte that may depend on the image's histogram.
public enum PointAdjustment: Equatable, Sendable {
  /// The factor on every byte.
  case brightness(Float)
  /// The factor on every byte's distance from the mean luminance.
  case contrast(Float)
  /// The factor on every byte's distance from its channel's mean (Keras's contrast).
  case channelContrast(Float)
  /// What is added to every byte (Keras's brightness).
  case shift(Float)
  /// How many of the eight bits stay, from the highest.
  case posterize(bits: Int)
  /// From which byte on bytes are inverted.
  case solarize(threshold: Float)
  /// Every byte from 255.
  case invert
  /// Each channel stretched to 0 ... 255.
  case autocontrast
  /// Each channel's histogram made as even as it can be.
  case equalize

  /// Whether it depends on how often each byte occurs.
  public var needsCounts: Bool {
    switch self {
    case .channelContrast, .autocontrast, .equalize: true
    default: false
    }
  }

  /// Whether it depends on the mean luminance.
  public var needsLuminance: Bool {
    if case .contrast = self { true } else { false }
  }

  /// Overwrites `tables` [C, 256] for an image in which each channel's bytes occur as often as
  /// `counts` [C, 256] says, and whose mean luminance is `gray`.
  ///
  /// Either is looked at only where it is needed.
  public func fill(_ tables: inout MutableSpan<UInt8>, counts: Span<Int>, gray: Int) {
    let channels = tables.count / 256
    for channel in 0..<channels {
      var table = tables.slice(256 * channel..<256 * (channel + 1))
      let row = counts.extracting(256 * channel..<256 * (channel + 1))
      switch self {
      case .brightness(let factor): fillBlend(&table, 0, factor)
      case .contrast(let factor): fillBlend(&table, Float(gray), factor)
      case .channelContrast(let factor): fillBlend(&table, mean(row), factor)
      case .shift(let distance):
        for value in 0..<256 { table[value] = clampedByte(Float(value) + distance + 0.5) }
      case .posterize(let bits):
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
        for value in 0..<256 { table[value] = UInt8(value) & mask }
      case .solarize(let threshold):
        for value in 0..<256 {
          table[value] = UInt8(Float(value) < threshold ? value : 255 - value)
        }
      case .invert: for value in 0..<256 { table[value] = UInt8(255 - value) }
      case .autocontrast: stretch(&table, row)
      case .equalize: evenOut(&table, row)
      }
    }
  }
}

/// The gray value of a pixel after ITU-R 601-2, as PIL's `convert("L")`.
@inlinable
public func luminance(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
  let (r, g, b) = (Int(red), Int(green), Int(blue))
  let sum: Int = r * 19595 + g * 38470 + b * 7471
  return UInt8((sum + 0x8000) >> 16)
}

/// The mean gray value of an image [positions, C] of one or three channels, rounded.
public func meanLuminance(_ pixels: Span<UInt8>, channels: Int) -> Int {
  let positions = pixels.count / channels
  var sum = 0
  for position in 0..<positions { sum += Int(gray(pixels, channels * position, channels)) }
  return Int(Double(sum) / Double(positions) + 0.5)
}

/// The gray value of the pixel whose first byte is at `start`; of other than three channels, the
/// first one.
@inline(__always)
func gray(_ pixels: Span<UInt8>, _ start: Int, _ channels: Int) -> UInt8 {
  channels == 3
    ? luminance(pixels[start], pixels[start + 1], pixels[start + 2]) : pixels[start]
}

/// A number as a byte, its fraction cut off.
@inline(__always)
func clampedByte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value))) }

/// `base` + `factor` · (v − `base`) for every byte v.
private func fillBlend(_ table: inout MutableSpan<UInt8>, _ base: Float, _ factor: Float) {
  for value in 0..<256 { table[value] = clampedByte(base + factor * (Float(value) - base)) }
}

private func mean(_ counts: Span<Int>) -> Float {
  var (sum, total) = (0, 0)
  for value in 0..<256 {
    sum += value * counts[value]
    total += counts[value]
  }
  return Float(Double(sum) / Double(max(total, 1)))
}

private func stretch(_ table: inout MutableSpan<UInt8>, _ counts: Span<Int>) {
  var (low, high) = (0, 255)
  while low < 255 && counts[low] == 0 { low += 1 }
  while high > 0 && counts[high] == 0 { high -= 1 }
  guard high > low else { return identity(&table) }
  let scale = 255 / Double(high - low)
  for value in 0..<256 {
    table[value] = UInt8(max(0, min(255, Double(value) * scale - Double(low) * scale)))
  }
}

private func evenOut(_ table: inout MutableSpan<UInt8>, _ counts: Span<Int>) {
  var (total, last, used) = (0, 0, 0)
  for value in 0..<256 where counts[value] > 0 {
    total += counts[value]
    last = counts[value]
    used += 1
  }
  let step = (total - last) / 255
  guard used > 1, step > 0 else { return identity(&table) }
  var sum = step / 2
  for value in 0..<256 {
    table[value] = UInt8(min(255, sum / step))
    sum += counts[value]
  }
}

private func identity(_ table: inout MutableSpan<UInt8>) {
  for value in 0..<256 { table[value] = UInt8(value) }
}
