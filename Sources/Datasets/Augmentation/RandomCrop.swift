internal import Kernels
internal import Storage

/// torchvision's RandomCrop: a part of the image, padded before, at an even chance for each place.
internal struct RandomCrop: Sendable {
  private let size: Extent2D
  /// Left, top, right, bottom.
  private let padding: [Int]
  private let padsIfNeeded: Bool
  private let edge: Edge

  /// The words for what stands in the padding.
  private enum Mode: String, CaseIterable {
    case constant, edge, reflect, symmetric
  }

  init(_ arguments: inout TransformArguments) throws(AugmentationError) {
    if arguments.has("height") || arguments.has("width") {
      // Keras's RandomCrop, which resizes what is too small; here that is padded.
      size = Extent2D(
        try arguments.count("height", in: 1...16384), try arguments.count("width", in: 1...16384))
      (padding, padsIfNeeded, edge) = (
        [0, 0, 0, 0], true, Edge(fill: try arguments.colour("fill"))
      )
      return
    }
    size = try arguments.size("size")
    let given = try arguments.numbers("padding", default: [0], in: 0...4096, counts: [1, 2, 4])
    let sides = given.map { Int($0) }
    padding =
      sides.count == 4
      ? sides : [sides[0], sides[sides.count - 1], sides[0], sides[sides.count - 1]]
    padsIfNeeded = try arguments.flag("pad_if_needed", default: false)
    let mode: Mode = try arguments.word("padding_mode", default: Mode.constant)
    edge = Edge(
      border: PixelBorder(rawValue: mode.rawValue) ?? .constant,
      fill: try arguments.colour("fill"))
  }

  func outputSize(of image: Extent2D) throws(AugmentationError) -> Extent2D {
    let (height, width) = (
      image.height + padding[1] + padding[3], image.width + padding[0] + padding[2]
    )
    guard padsIfNeeded || height >= size.height && width >= size.width else {
      throw AugmentationError(
        "a crop of \(size) is larger than an image of \(image) with its padding; use a smaller "
          + "size, padding, or pad_if_needed: true")
    }
    return size
  }

  func draw(_ draws: inout Draws, into list: inout OperationList) {
    let image = list.size
    // What is too small is padded on both sides by all that is missing, as in torchvision.
    let (padded, top) = extent(image.height, padding[1], padding[3], size.height)
    let (paddedWidth, left) = extent(image.width, padding[0], padding[2], size.width)
    let row = draws.integer(below: padded - size.height + 1)
    let column = draws.integer(below: paddedWidth - size.width + 1)
    list.append(.crop(PixelWindow(top: row - top, left: column - left, size), edge))
  }

  /// How long an axis is with its padding, and how much of that comes first.
  private func extent(_ image: Int, _ before: Int, _ after: Int, _ wanted: Int) -> (Int, Int) {
    let missing = max(0, wanted - image - before - after)
    return (image + before + after + 2 * missing, before + missing)
  }
}
