internal import Kernels
internal import Storage

/// What is done to one image, every random number drawn.
internal enum ImageOperation: Sendable {
  /// Left and right exchanged.
  case mirror
  /// Top and bottom exchanged.
  case turnUpsideDown
  /// A part of the image, perhaps reaching beyond it.
  case crop(PixelWindow, Edge)
  /// A part of the image, within it, brought to a size.
  case resize(PixelWindow, to: Extent2D)
  /// The image through a map from places in the result to places in the image.
  case affine(AffineMap, PixelInterpolation, Edge)
  /// Each byte by itself.
  case adjust(PointAdjustment)
  /// A factor on the distance from gray.
  case saturate(Float)
  /// So many 256ths of the circle.
  case turnHue(UInt8)
  /// A factor on the distance from a smoothed image.
  case sharpen(Float)
  /// A Gauss curve of `sigma` pixels in so many steps.
  case blur(Extent2D, sigma: Double)
  /// Normal noise, in levels.
  case noise(mean: Double, sigma: Double, RandomStream)
}

/// What stands beyond an image: a way to go on, or a colour, a byte for each channel.
internal struct Edge: Equatable, Sendable {
  var border = PixelBorder.constant
  var fill: [UInt8]
}
