internal import Kernels
internal import Storage

/// One picture of a preview: which sample in which epoch, where it stands, and what was done to it.
public struct PreviewCell: Encodable {
  /// The sample's index in its split.
  public let sample: UInt32
  /// The epoch; nil for the picture as evaluation sees it.
  public let epoch: UInt32?
  /// The column at which the picture begins, in pixels.
  public let x: Int
  /// The row at which the picture begins, in pixels.
  public let y: Int
  /// The transforms of the image in order, every random number drawn.
  public let operations: [PreviewOperation]
}

/// An operation by name and numbers.
public struct PreviewOperation: Encodable {
  /// What was done: `crop`, `affine`, `brightness`.
  public let operation: String
  /// The numbers that it was done with, by name.
  public let numbers: [String: [Double]]

  internal init(_ operation: String, _ numbers: [String: [Double]] = [:]) {
    self.operation = operation
    self.numbers = numbers
  }
}

extension ImageOperation {
  /// The operation by name and numbers.
  var description: PreviewOperation {
    switch self {
    case .mirror: PreviewOperation("mirror")
    case .turnUpsideDown: PreviewOperation("turn_upside_down")
    case .crop(let part, let edge):
      PreviewOperation("crop", ["box": part.box, "fill": edge.fill.map(Double.init)])
    case .resize(let region, let size):
      PreviewOperation(
        "resize", ["box": region.box, "size": [Double(size.height), Double(size.width)]])
    case .affine(let map, let interpolation, let edge):
      PreviewOperation(
        "affine_\(interpolation.rawValue)_\(edge.border.rawValue)",
        ["map": map.numbers, "fill": edge.fill.map(Double.init)])
    case .adjust(let adjustment): adjustment.description
    case .saturate(let factor): PreviewOperation("saturation", ["factor": [Double(factor)]])
    case .turnHue(let shift): PreviewOperation("hue", ["shift": [Double(shift)]])
    case .sharpen(let factor): PreviewOperation("sharpness", ["factor": [Double(factor)]])
    case .blur(let steps, let sigma):
      PreviewOperation(
        "blur", ["kernel": [Double(steps.height), Double(steps.width)], "sigma": [sigma]])
    case .noise(let mean, let sigma, _):
      PreviewOperation("noise", ["mean": [mean], "sigma": [sigma]])
    }
  }
}

extension PointAdjustment {
  fileprivate var description: PreviewOperation {
    switch self {
    case .brightness(let factor): PreviewOperation("brightness", ["factor": [Double(factor)]])
    case .contrast(let factor): PreviewOperation("contrast", ["factor": [Double(factor)]])
    case .channelContrast(let factor):
      PreviewOperation("channel_contrast", ["factor": [Double(factor)]])
    case .shift(let distance): PreviewOperation("shift", ["distance": [Double(distance)]])
    case .posterize(let bits): PreviewOperation("posterize", ["bits": [Double(bits)]])
    case .solarize(let threshold):
      PreviewOperation("solarize", ["threshold": [Double(threshold)]])
    case .invert: PreviewOperation("invert")
    case .autocontrast: PreviewOperation("autocontrast")
    case .equalize: PreviewOperation("equalize")
    }
  }
}

extension PixelWindow {
  /// Left, top, right and bottom edge.
  fileprivate var box: [Double] {
    [left, top, left + size.width, top + size.height].map(Double.init)
  }
}
