// Colours of images [positions, 3], as PIL computes them in bytes. Images of other than three
// channels have none, and stay as they are.

/// Multiplies every pixel's distance from its gray value by `factor`; 0 leaves gray.
public func saturate(_ pixels: inout MutableSpan<UInt8>, channels: Int, factor: Float) {
  guard channels == 3 else { return }
  for start in stride(from: 0, to: pixels.count, by: 3) {
    let gray = Float(gray(pixels.span, start, 3))
    for index in start..<start + 3 {
      pixels[index] = clampedByte(gray + factor * (Float(pixels[index]) - gray))
    }
  }
}

/// Turns every pixel's hue by `shift` of 256 parts of the circle.
///
/// In 8-bit hue, saturation and value: PIL's, and so torchvision's on PIL images. They keep colours
/// to within a few levels only.
public func turnHue(_ pixels: inout MutableSpan<UInt8>, channels: Int, by shift: UInt8) {
  guard channels == 3 else { return }
  for start in stride(from: 0, to: pixels.count, by: 3) {
    var colour = HSV(pixels[start], pixels[start + 1], pixels[start + 2])
    colour.hue &+= shift
    (pixels[start], pixels[start + 1], pixels[start + 2]) = colour.rgb
  }
}

/// A colour by hue, saturation and value, in bytes (PIL's Convert.c).
private struct HSV {
  var hue: UInt8 = 0
  private var saturation: UInt8 = 0
  private let value: UInt8

  init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    let (high, low) = (max(red, green, blue), min(red, green, blue))
    value = high
    guard high > low else { return }
    let range = Float(high - low)
    let (r, g, b) = (
      Float(high - red) / range, Float(high - green) / range, Float(high - blue) / range
    )
    var sector = Double(b - g)
    if red != high {
      sector = green == high ? 2 + Double(r) - Double(b) : 4 + Double(g) - Double(r)
    }
    let turns = Float((Double(Float(sector)) / 6 + 1).truncatingRemainder(dividingBy: 1))
    hue = UInt8(Double(turns) * 255)
    saturation = UInt8(Double(range / Float(high)) * 255)
  }

  var rgb: (UInt8, UInt8, UInt8) {
    guard saturation > 0 else { return (value, value, value) }
    let place = Double(hue) * 6 / 255
    let sector = Int(place)
    let (rest, s) = (Float(place - Double(sector)), Float(Double(saturation) / 255))
    let v = Double(value)
    let p = UInt8((v * (1 - Double(s))).rounded())
    let q = UInt8((v * (1 - Double(s * rest))).rounded())
    let t = UInt8((v * (1 - Double(s) * (1 - Double(rest)))).rounded())
    switch sector % 6 {
    case 0: return (value, t, p)
    case 1: return (q, value, p)
    case 2: return (p, value, t)
    case 3: return (p, q, value)
    case 4: return (t, p, value)
    default: return (value, p, q)
    }
  }
}
