internal import Kernels
internal import Storage

/// torchvision's Resize: the shorter side, or both, brought to a length.
internal struct Resize: Sendable {
  /// One number for the shorter side, or height and width.
  private let size: [Int]

  init(_ arguments: inout TransformArguments) throws(AugmentationError) {
    if arguments.has("height") || arguments.has("width") {
      size = [
        try arguments.count("height", in: 1...16384), try arguments.count("width", in: 1...16384),
      ]
      return
    }
    let given = try arguments.numbers("size", in: 1...16384, counts: [1, 2])
    guard given.allSatisfy({ $0 == $0.rounded() }) else {
      throw AugmentationError("size must be whole numbers")
    }
    size = given.map { Int($0) }
  }

  /// The size of both axes; nil if it depends on the image.
  var fixedSize: Extent2D? { size.count == 2 ? Extent2D(size[0], size[1]) : nil }

  func outputSize(of image: Extent2D) -> Extent2D {
    if let fixedSize { return fixedSize }
    let short = image.smallest
    return image.height <= image.width
      ? Extent2D(size[0], size[0] * image.width / short)
      : Extent2D(size[0] * image.height / short, size[0])
  }

  func draw(into list: inout OperationList) {
    list.append(.resize(PixelWindow(list.size), to: outputSize(of: list.size)))
  }
}
