internal import Kernels

/// torchvision's ColorJitter: brightness, contrast, saturation and hue, in random order.
internal struct ColorJitter: Sendable {
  private let brightness: ClosedRange<Double>
  private let contrast: ClosedRange<Double>
  private let saturation: ClosedRange<Double>
  /// Parts of the circle.
  private let hue: ClosedRange<Double>

  init(_ arguments: inout TransformArguments) throws(AugmentationError) {
    func aroundOne(_ number: Double) -> ClosedRange<Double>? {
      number >= 0 ? max(0, 1 - number)...1 + number : nil
    }
    brightness = try arguments.interval(
      "brightness", default: 1...1, in: 0...100, ends: aroundOne)
    contrast = try arguments.interval("contrast", default: 1...1, in: 0...100, ends: aroundOne)
    saturation = try arguments.interval("saturation", default: 1...1, in: 0...100, ends: aroundOne)
    hue = try arguments.interval("hue", default: 0...0, in: -0.5...0.5) {
      $0 >= 0 ? -$0...$0 : nil
    }
  }

  func draw(_ draws: inout Draws, into list: inout OperationList) {
    // Four places in a random order (Fisher and Yates); what changes nothing is left out.
    var order = SIMD4<UInt8>(0, 1, 2, 3)
    for place in 0..<3 {
      let other = place + draws.integer(below: 4 - place)
      (order[place], order[other]) = (order[other], order[place])
    }
    for place in 0..<4 {
      switch order[place] {
      case 0 where brightness != 1...1:
        list.append(.adjust(.brightness(Float(draws.number(in: brightness)))))
      case 1 where contrast != 1...1:
        list.append(.adjust(.contrast(Float(draws.number(in: contrast)))))
      case 2 where saturation != 1...1:
        list.append(.saturate(Float(draws.number(in: saturation))))
      case 3 where hue != 0...0:
        list.append(hueOperation(draws.number(in: hue)))
      default: break
      }
    }
  }
}

/// The hue turned by a part of the circle, as PIL's images have it: in 255 steps of 256.
private func hueOperation(_ part: Double) -> ImageOperation {
  .turnHue(UInt8(truncatingIfNeeded: Int(part * 255)))
}
