public import Storage

/// Bytes are no image, or none that is accepted.
///
/// Whoever knows the file says where they come from.
public enum ImageError: ReportableError, Equatable {
  /// There are no bytes at all.
  case empty
  /// The bytes begin like no known format.
  case unknownFormat
  /// The file ends before the image does.
  case cutShort(ImageFormat)
  /// The decoder's reason why the content is wrong.
  case damaged(ImageFormat, String)
  /// The image has more pixels than are allowed.
  case tooLarge(width: Int, height: Int, limit: Int)

  /// What is wrong with an image is `badData`.
  public var exitCode: ExitCode { .badData }

  /// The form "it is a JPEG that is cut short", without the file's name.
  public var message: String {
    switch self {
    case .empty: "it is empty"
    case .unknownFormat: "it is neither JPEG nor PNG"
    case .cutShort(let format): "it is a \(format) that is cut short"
    case .damaged(let format, let reason): "it is a damaged \(format) (\(reason))"
    case .tooLarge(let width, let height, let limit):
      "its \(width)×\(height) pixels are more than the \(limit) allowed"
    }
  }
}
