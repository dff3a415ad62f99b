internal import Kernels
internal import Storage

/// RandAugment and TrivialAugment: operations taken at random from a fixed list, each with one
/// number for its strength (Cubuk et al., 2020; Müller and Hutter, 2021).
internal struct AutomaticPolicy: Sendable {
  /// The operations that both choose from.
  private enum Choice: CaseIterable {
    case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast
    case sharpness, posterize, solarize, autocontrast, equalize
  }

  /// How strong operations are at most.
  private struct Strengths {
    var shear: Double
    /// In pixels; nil for 150/331 of the image.
    var translation: Double?
    var degrees: Double
    var colour: Double
    /// How many of eight bits go.
    var bits: Double
  }

  private let strengths: Strengths
  /// How many operations follow each other.
  private let count: Int
  /// The strength of all, from 0 to `bins` - 1; nil for another one each time.
  private let magnitude: Int?
  private let bins: Int
  private let interpolation: PixelInterpolation
  private let edge: Edge

  /// torchvision's RandAugment.
  init(randAugment arguments: inout TransformArguments) throws(AugmentationError) {
    strengths = Strengths(shear: 0.3, degrees: 30, colour: 0.9, bits: 4)
    count = try arguments.count("num_ops", default: 2, in: 0...16)
    let bins = try arguments.count("num_magnitude_bins", default: 31, in: 2...1000)
    self.bins = bins
    magnitude = try arguments.count("magnitude", default: min(9, bins - 1), in: 0...bins - 1)
    (interpolation, edge) = try torchEdge(&arguments)
  }

  /// torchvision's TrivialAugmentWide.
  init(trivialAugment arguments: inout TransformArguments) throws(AugmentationError) {
    strengths = Strengths(shear: 0.99, translation: 32, degrees: 135, colour: 0.99, bits: 6)
    count = 1
    bins = try arguments.count("num_magnitude_bins", default: 31, in: 2...1000)
    magnitude = nil
    (interpolation, edge) = try torchEdge(&arguments)
  }

  func draw(_ draws: inout Draws, into list: inout OperationList) {
    for _ in 0..<count {
      let index = draws.integer(below: Choice.allCases.count)
      let strength = Double(magnitude ?? draws.integer(below: bins)) / Double(bins - 1)
      let sign: Double = draws.integer(below: 2) == 0 ? 1 : -1
      append(Choice.allCases[index], strength, sign, to: &list)
    }
  }

  private func append(
    _ choice: Choice, _ strength: Double, _ sign: Double, to list: inout OperationList
  ) {
    let colour = Float(1 + sign * strength * strengths.colour)
    var map = AffineMap()
    switch choice {
    case .identity: return
    case .brightness: return list.append(.adjust(.brightness(colour)))
    case .color: return list.append(.saturate(colour))
    case .contrast: return list.append(.adjust(.contrast(colour)))
    case .sharpness: return list.append(.sharpen(colour))
    case .posterize:
      let bits = 8 - Int((strength * strengths.bits).rounded(.toNearestOrEven))
      return list.append(.adjust(.posterize(bits: bits)))
    case .solarize: return list.append(.adjust(.solarize(threshold: Float(255 * (1 - strength)))))
    case .autocontrast: return list.append(.adjust(.autocontrast))
    case .equalize: return list.append(.adjust(.equalize))
    case .rotate:
      map = inverseMap(degrees: -sign * strength * strengths.degrees)
      return list.append(aboutMiddle: map, interpolation, edge)
    case .shearX: map.xy = sign * strength * strengths.shear
    case .shearY: map.yx = sign * strength * strengths.shear
    case .translateX: map.x0 = -translation(list.size.width, sign * strength)
    case .translateY: map.y0 = -translation(list.size.height, sign * strength)
    }
    list.append(.affine(map, interpolation, edge))
  }

  /// Whole pixels, their fraction cut off.
  private func translation(_ extent: Int, _ strength: Double) -> Double {
    (strength * (strengths.translation ?? 150.0 / 331 * Double(extent))).rounded(.towardZero)
  }
}
