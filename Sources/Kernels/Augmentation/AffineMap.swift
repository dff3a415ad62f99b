/// A map of the plane: x' = xx·x + xy·y + x₀ and y' = yx·x + yy·y + y₀, x to the right, y down.
public struct AffineMap: Equatable, Sendable {
  /// The share of x in x'.
  public var xx = 1.0
  /// The share of y in x'.
  public var xy = 0.0
  /// What is added to x'.
  public var x0 = 0.0
  /// The share of x in y'.
  public var yx = 0.0
  /// The share of y in y'.
  public var yy = 1.0
  /// What is added to y'.
  public var y0 = 0.0

  /// The map that changes nothing.
  public init() {}

  /// A move by `x` to the right and `y` down.
  public static func move(x: Double, y: Double) -> AffineMap {
    var map = AffineMap()
    (map.x0, map.y0) = (x, y)
    return map
  }

  /// Factors on both axes.
  public static func scale(x: Double, y: Double) -> AffineMap {
    var map = AffineMap()
    (map.xx, map.yy) = (x, y)
    return map
  }

  /// Does `first`, then this.
  public func after(_ first: AffineMap) -> AffineMap {
    var map = AffineMap()
    map.xx = xx * first.xx + xy * first.yx
    map.xy = xx * first.xy + xy * first.yy
    map.x0 = xx * first.x0 + xy * first.y0 + x0
    map.yx = yx * first.xx + yy * first.yx
    map.yy = yx * first.xy + yy * first.yy
    map.y0 = yx * first.x0 + yy * first.y0 + y0
    return map
  }

  /// This map with the given point, in place of the origin, at its centre.
  public func about(x: Double, y: Double) -> AffineMap {
    AffineMap.move(x: x, y: y).after(self).after(.move(x: -x, y: -y))
  }

  /// The six numbers in the order of PIL's `Image.transform`.
  public var numbers: [Double] { [xx, xy, x0, yx, yy, y0] }
}
