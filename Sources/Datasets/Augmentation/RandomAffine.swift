internal import Kernels
internal import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// Rotation, translation, scale and shear about the image's middle, in one resampling.
internal struct RandomAffine: Sendable {
  /// Degrees, clockwise.
  private var degrees = 0.0...0.0
  /// To the right and down, as parts of width and height.
  private var translation = (x: 0.0...0.0, y: 0.0...0.0)
  /// Whether translations are whole pixels, as torchvision's.
  private var isWhole = false
  /// What the image becomes larger by, along rows and columns.
  private var scale = 1.0...1.0
  /// What the image becomes smaller by (Keras), along rows; and along columns unless that is given.
  private var zoom: (x: ClosedRange<Double>?, y: ClosedRange<Double>)?
  /// Degrees, along rows and columns.
  private var shear = (x: 0.0...0.0, y: 0.0...0.0)
  private let interpolation: PixelInterpolation
  private let edge: Edge

  /// torchvision's RandomAffine.
  init(affine arguments: inout TransformArguments) throws(AugmentationError) {
    degrees = try arguments.interval("degrees", in: -360...360, ends: aroundZero)
    let parts = try arguments.numbers("translate", default: [0, 0], in: 0...1, counts: [2])
    translation = (-parts[0]...parts[0], -parts[1]...parts[1])
    isWhole = true
    scale = try arguments.interval("scale", default: 1...1, in: 0.01...100) { $0...$0 }
    let angles = try arguments.numbers("shear", default: [0], in: -89...89, counts: [1, 2, 4])
    if angles.count == 1 {
      shear.x = -abs(angles[0])...abs(angles[0])
    } else {
      shear.x = min(angles[0], angles[1])...max(angles[0], angles[1])
      if angles.count == 4 {
        shear.y = min(angles[2], angles[3])...max(angles[2], angles[3])
      }
    }
    (interpolation, edge) = try torchEdge(&arguments)
  }

  /// torchvision's RandomRotation, or with `factor` Keras's: degrees against the clock.
  init(rotation arguments: inout TransformArguments) throws(AugmentationError) {
    if arguments.has("factor") {
      let turns = try arguments.interval("factor", in: -1...1, ends: aroundZero)
      degrees = -360 * turns.upperBound ... -360 * turns.lowerBound
      (interpolation, edge) = try kerasEdge(&arguments)
    } else {
      let given = try arguments.interval("degrees", in: -360...360, ends: aroundZero)
      degrees = -given.upperBound ... -given.lowerBound
      (interpolation, edge) = try torchEdge(&arguments)
    }
  }

  /// Keras's RandomZoom: positive factors make the image smaller.
  init(zoom arguments: inout TransformArguments) throws(AugmentationError) {
    let down = try arguments.interval("height_factor", in: -0.99...10, ends: aroundZero)
    var along: ClosedRange<Double>?
    if arguments.has("width_factor") {
      along = try arguments.interval("width_factor", in: -0.99...10, ends: aroundZero)
    }
    zoom = (along, down)
    (interpolation, edge) = try kerasEdge(&arguments)
  }

  /// Keras's RandomTranslation: factors are parts of height and width, positive ones down and to
  /// the right.
  init(translation arguments: inout TransformArguments) throws(AugmentationError) {
    let down = try arguments.interval("height_factor", in: -1...1, ends: aroundZero)
    let along = try arguments.interval("width_factor", in: -1...1, ends: aroundZero)
    translation = (along, down)
    (interpolation, edge) = try kerasEdge(&arguments)
  }

  func draw(_ draws: inout Draws, into list: inout OperationList) {
    let size = list.size
    let angle = draws.number(in: degrees)
    var move = (
      x: draws.number(in: translation.x) * Double(size.width),
      y: draws.number(in: translation.y) * Double(size.height)
    )
    if isWhole {
      move = (move.x.rounded(.toNearestOrEven), move.y.rounded(.toNearestOrEven))
    }
    let scale = draws.number(in: scale)
    let (x, y) = (draws.number(in: shear.x), draws.number(in: shear.y))
    var map = inverseMap(degrees: angle, scale: scale, shear: (x, y))
    if let zoom {
      let down = 1 + draws.number(in: zoom.y)
      map = .scale(x: zoom.x.map { 1 + draws.number(in: $0) } ?? down, y: down)
    }
    list.append(
      aboutMiddle: map.after(.move(x: -move.x, y: -move.y)), interpolation, edge)
  }
}

/// The map from places in the result to places in the image, about the origin, for an image that is
/// sheared, scaled and turned clockwise (torchvision's `_get_inverse_affine_matrix`).
internal func inverseMap(
  degrees: Double, scale: Double = 1, shear: (x: Double, y: Double) = (0, 0)
) -> AffineMap {
  let radians = Double.pi / 180
  let (turn, x, y) = (degrees * radians, shear.x * radians, shear.y * radians)
  var map = AffineMap()
  map.yy = cos(turn - y) / cos(y) / scale
  map.xy = (cos(turn - y) * tan(x) / cos(y) + sin(turn)) / scale
  map.yx = -sin(turn - y) / cos(y) / scale
  map.xx = (-sin(turn - y) * tan(x) / cos(y) + cos(turn)) / scale
  return map
}

/// What a single number means for an angle or a factor: so much to either side.
private func aroundZero(_ number: Double) -> ClosedRange<Double>? {
  number >= 0 ? -number...number : nil
}

/// How torchvision's transforms read between pixels, and what they put beyond the image.
internal func torchEdge(
  _ arguments: inout TransformArguments
) throws(AugmentationError) -> (PixelInterpolation, Edge) {
  let interpolation = try arguments.word("interpolation", default: PixelInterpolation.bilinear)
  return (interpolation, Edge(fill: try arguments.colour("fill")))
}

/// Keras's words for what stands beyond the image.
private enum KerasFill: String, CaseIterable {
  case reflect, constant, nearest, wrap

  var border: PixelBorder {
    switch self {
    case .reflect: .symmetric
    case .constant: .constant
    case .nearest: .edge
    case .wrap: .wrap
    }
  }
}

/// The same for Keras's transforms.
private func kerasEdge(
  _ arguments: inout TransformArguments
) throws(AugmentationError) -> (PixelInterpolation, Edge) {
  let mode: KerasFill = try arguments.word("fill_mode", default: KerasFill.reflect)
  let interpolation = try arguments.word("interpolation", default: PixelInterpolation.bilinear)
  return (interpolation, Edge(border: mode.border, fill: try arguments.colour("fill_value")))
}
