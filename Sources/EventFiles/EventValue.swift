internal import FoundationEssentials

/// What a tag has at a step.
public struct EventValue: Sendable {
  /// What TensorBoard can show.
  public enum Content: Sendable {
    /// A number; the file holds it as a Float.
    case scalar(Double)
    /// How often values lie where.
    case histogram(Histogram)
    /// A PNG file of so many columns and rows.
    case image(png: [UInt8], width: Int, height: Int, isGray: Bool)
  }

  /// The name, such as `loss/train`: what stands before the stroke is a group.
  public let tag: String
  /// The value.
  public let content: Content

  /// A value with a name.
  public init(_ tag: String, _ content: Content) {
    self.tag = tag
    self.content = content
  }

  var message: Tensorboard_Summary.Value {
    var value = Tensorboard_Summary.Value()
    value.tag = tag
    switch content {
    case .scalar(let number): value.simpleValue = Float(number)
    case .histogram(let histogram): value.histo = histogram.message
    case .image(let png, let width, let height, let isGray):
      value.image.width = Int32(width)
      value.image.height = Int32(height)
      value.image.colorspace = isGray ? 1 : 3
      value.image.encodedImageString = Data(png)
    }
    return value
  }
}
