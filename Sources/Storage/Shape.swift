/// The extents of a tensor, outermost first; activations are [H, W, C] or [C], one sample.
public struct Shape: Hashable, Sendable, CustomStringConvertible, ExpressibleByArrayLiteral {
  /// The extents, outermost first.
  public let extents: [Int]

  /// A shape with the given extents, each at least 1.
  public init(_ extents: [Int]) {
    precondition(extents.allSatisfy { $0 > 0 }, "shape \(extents) has an empty extent")
    self.extents = extents
  }

  /// A shape written as a literal: `[28, 28, 1]`.
  public init(arrayLiteral extents: Int...) { self.init(extents) }

  /// The number of elements.
  public var count: Int { extents.reduce(1, *) }

  /// The number of extents.
  public var rank: Int { extents.count }

  /// One extent, counted from the outermost.
  public subscript(axis: Int) -> Int { extents[axis] }

  /// The innermost extent: channels, or features.
  public var channels: Int { extents.last ?? 1 }

  /// Height × width × …: all but the innermost extent.
  public var positions: Int { count / channels }

  /// Height and width of an image [H, W, C].
  public var extent: Extent2D { Extent2D(extents[0], extents[1]) }

  /// The form `28×28×1`.
  public var description: String { extents.map(String.init).joined(separator: "×") }
}
