/// A height and a width, of a plane, a kernel, a stride or a padding.
public struct Extent2D: Hashable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
  /// Down the image.
  public var height: Int
  /// Along a row of the image.
  public var width: Int

  /// The given height and width.
  @inlinable
  public init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }

  /// The same number for height and width.
  @inlinable
  public init(_ both: Int) { self.init(both, both) }

  /// The same number for height and width, written as a literal: `3`.
  @inlinable
  public init(integerLiteral both: Int) { self.init(both, both) }

  /// Height × width.
  @inlinable public var count: Int { height * width }

  /// The smaller of the two.
  @inlinable public var smallest: Int { min(height, width) }

  /// The form `3×3`.
  public var description: String { "\(height)×\(width)" }
}
