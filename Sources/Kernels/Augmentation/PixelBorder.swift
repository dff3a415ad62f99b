/// What stands beyond the edges of an image.
public enum PixelBorder: String, CaseIterable, Hashable, Sendable {
  /// One colour.
  case constant
  /// The nearest pixel: a a | a b c | c c.
  case edge
  /// The image mirrored about its outermost pixels: c b | a b c | b a.
  case reflect
  /// The image mirrored about its edges: b a | a b c | c b.
  case symmetric
  /// The image again: b c | a b c | a b.
  case wrap

  /// The place in 0 ..< count whose pixel stands at `place`; nil for the colour.
  @inlinable
  public func place(_ place: Int, of count: Int) -> Int? {
    if place >= 0 && place < count { return place }
    switch self {
    case .constant: return nil
    case .edge: return place < 0 ? 0 : count - 1
    case .wrap: return modulo(place, count)
    case .symmetric:
      let around = modulo(place, 2 * count)
      return around < count ? around : 2 * count - 1 - around
    case .reflect:
      if count == 1 { return 0 }
      let around = modulo(place, 2 * count - 2)
      return around < count ? around : 2 * count - 2 - around
    }
  }

  @usableFromInline
  func modulo(_ place: Int, _ count: Int) -> Int {
    let rest = place % count
    return rest < 0 ? rest + count : rest
  }
}
