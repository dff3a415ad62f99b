internal import Kernels
internal import Storage

/// The operations on one image, in order; drawing anew allocates nothing.
internal struct OperationList {
  /// More than any list of transforms that makes sense draws.
  private static let capacity = 64

  private(set) var operations: [ImageOperation] = []
  /// The size that the image has after them.
  private(set) var size: Extent2D = 1

  init() { operations.reserveCapacity(Self.capacity) }

  /// Begins anew with an image of `size`.
  mutating func begin(_ size: Extent2D) {
    operations.removeAll(keepingCapacity: true)
    self.size = size
  }

  /// Appends an operation; neighbouring affine maps with the same edge become one.
  mutating func append(_ operation: ImageOperation) {
    switch operation {
    case .crop(let window, _): size = window.size
    case .resize(_, let target): size = target
    case .affine(let map, let interpolation, let edge):
      if case .affine(let first, interpolation, edge)? = operations.last {
        operations[operations.count - 1] = .affine(first.after(map), interpolation, edge)
        return
      }
    default: break
    }
    operations.append(operation)
  }

  /// Appends a map that is given about the image's middle.
  mutating func append(
    aboutMiddle map: AffineMap, _ interpolation: PixelInterpolation, _ edge: Edge
  ) {
    let map = map.about(x: 0.5 * Double(size.width), y: 0.5 * Double(size.height))
    append(.affine(map, interpolation, edge))
  }
}
