internal import Kernels
internal import Storage

/// torchvision's CenterCrop: the middle of the image, with zeros around where it is too small.
internal struct CenterCrop: Sendable {
  private let size: Extent2D
  private let edge: Edge

  init(_ arguments: inout TransformArguments) throws(AugmentationError) {
    if arguments.has("height") || arguments.has("width") {
      size = Extent2D(
        try arguments.count("height", in: 1...16384), try arguments.count("width", in: 1...16384))
    } else {
      size = try arguments.size("size")
    }
    edge = Edge(fill: try arguments.colour("fill"))
  }

  var outputSize: Extent2D { size }

  func draw(into list: inout OperationList) {
    list.append(
      .crop(
        PixelWindow(
          top: Self.start(size.height, of: list.size.height),
          left: Self.start(size.width, of: list.size.width), size), edge))
  }

  /// Where `part` begins in the middle of `whole`, halves rounded to even as Python's `round` does;
  /// padding is rounded down.
  fileprivate static func start(_ part: Int, of whole: Int) -> Int {
    part > whole
      ? -((part - whole) / 2) : Int((Double(whole - part) / 2).rounded(.toNearestOrEven))
  }
}

/// One of the parts of torchvision's FiveCrop: a corner, or the middle.
internal struct CornerCrop: Sendable {
  private let size: Extent2D
  /// Top left, top right, bottom left, bottom right, middle.
  private let part: Int

  init(_ arguments: inout TransformArguments) throws(AugmentationError) {
    size = try arguments.size("size")
    part = try arguments.count("part", in: 0...4)
  }

  func outputSize(of image: Extent2D) throws(AugmentationError) -> Extent2D {
    guard image.height >= size.height, image.width >= size.width else {
      throw AugmentationError("crops of \(size) are larger than an image of \(image)")
    }
    return size
  }

  func draw(into list: inout OperationList) {
    let (bottom, right) = (list.size.height - size.height, list.size.width - size.width)
    var window = PixelWindow(top: part < 2 ? 0 : bottom, left: part % 2 == 0 ? 0 : right, size)
    if part == 4 {
      window.top = CenterCrop.start(size.height, of: list.size.height)
      window.left = CenterCrop.start(size.width, of: list.size.width)
    }
    // It lies within the image: no edge is seen.
    list.append(.crop(window, Edge(fill: [])))
  }
}
