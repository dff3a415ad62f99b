internal import Images

/// How an image of any size is brought to that of the samples; bilinear with antialiasing, the same
/// bits on every machine.
public enum ResizeRule: String, CaseIterable, Codable, Sendable {
  /// Made as small as covers the sample, in its proportions, and the middle cut out: torchvision's
  /// `Resize(size)` and `CenterCrop(size)`.
  case cover
  /// Each axis on its own, so that all of the image is kept and its proportions are not:
  /// torchvision's `Resize((height, width))`, and what Keras does with a directory of images.
  case stretch

  /// The names of all rules, for a person to choose from.
  public static var list: String { allCases.map(\.rawValue).joined(separator: " or ") }
}

extension ImageDecoder {
  /// Overwrites `target` [height, width, 3] with the image decoded last, brought to that size.
  internal func resize(
    by rule: ResizeRule, width: Int, height: Int, into target: inout MutableSpan<UInt8>
  ) {
    switch rule {
    case .cover: cover(width: width, height: height, into: &target)
    case .stretch: stretch(width: width, height: height, into: &target)
    }
  }
}
