internal import Kernels
internal import Storage

/// torchvision's RandomResizedCrop: a part of random area and proportions, brought to one size.
internal struct RandomResizedCrop: Sendable {
  let size: Extent2D
  private let scale: ClosedRange<Double>
  private let ratio: ClosedRange<Double>

  init(_ arguments: inout TransformArguments) throws(AugmentationError) {
    size = try arguments.size("size")
    scale = try arguments.interval("scale", default: 0.08...1, in: 1e-6...1) { $0...1 }
    ratio = try arguments.interval("ratio", default: 3.0 / 4...4.0 / 3, in: 1e-3...1e3) {
      min($0, 1 / $0)...max($0, 1 / $0)
    }
  }

  func draw(_ draws: inout Draws, into list: inout OperationList) {
    list.append(.resize(region(of: list.size, &draws), to: size))
  }

  /// The part that is taken: the first of ten tries that fits, else the largest in the middle.
  private func region(of image: Extent2D, _ draws: inout Draws) -> PixelWindow {
    for _ in 0..<10 {
      let area = Double(image.count) * draws.number(in: scale)
      let proportion = draws.logarithmic(in: ratio)
      let width = Int((area * proportion).squareRoot().rounded(.toNearestOrEven))
      let height = Int((area / proportion).squareRoot().rounded(.toNearestOrEven))
      guard width > 0, height > 0, width <= image.width, height <= image.height else { continue }
      let top = draws.integer(below: image.height - height + 1)
      let left = draws.integer(below: image.width - width + 1)
      return PixelWindow(top: top, left: left, Extent2D(height, width))
    }
    let proportion = Double(image.width) / Double(image.height)
    var part = image
    if proportion < ratio.lowerBound {
      part.height = Int((Double(image.width) / ratio.lowerBound).rounded(.toNearestOrEven))
    } else if proportion > ratio.upperBound {
      part.width = Int((Double(image.height) * ratio.upperBound).rounded(.toNearestOrEven))
    }
    part = Extent2D(max(1, part.height), max(1, part.width))
    return PixelWindow(
      top: (image.height - part.height) / 2, left: (image.width - part.width) / 2, part)
  }
}
