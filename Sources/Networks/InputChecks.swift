import Kernels
import Storage

/// What layers ask of their inputs, with one line for a user if it is not so.
enum InputCheck {
  /// The one input.
  static func sole(_ inputs: [Shape], of layer: String) throws(NetworkError) -> Shape {
    guard inputs.count == 1 else {
      throw NetworkError("\(layer) needs one input, not \(inputs.count)")
    }
    return inputs[0]
  }

  /// The one input, an image [H, W, C].
  static func image(_ inputs: [Shape], of layer: String) throws(NetworkError) -> Shape {
    let input = try sole(inputs, of: layer)
    guard input.rank == 3 else {
      throw NetworkError("\(layer) needs an input [height, width, channels], not \(input)")
    }
    return input
  }

  /// Height and width after a window has slid over an image.
  static func slide(
    over image: Shape, kernel: Extent2D, stride: Extent2D, padding: Extent2D,
    dilation: Extent2D = 1, of layer: String
  ) throws(NetworkError) -> Extent2D {
    guard kernel.smallest >= 1 else { throw NetworkError("\(layer) needs a kernel, not \(kernel)") }
    guard stride.smallest >= 1 else {
      throw NetworkError("\(layer) needs a stride of at least 1, not \(stride)")
    }
    guard padding.smallest >= 0 else {
      throw NetworkError("\(layer) needs a padding of at least 0, not \(padding)")
    }
    guard dilation.smallest >= 1 else {
      throw NetworkError("\(layer) needs a dilation of at least 1, not \(dilation)")
    }
    let output = Extent2D(
      WindowGeometry.positions(
        image[0], kernel.height, stride.height, padding.height, dilation.height),
      WindowGeometry.positions(
        image[1], kernel.width, stride.width, padding.width, dilation.width))
    guard output.smallest >= 1 else {
      throw NetworkError(
        "\(layer) with kernel \(kernel), dilation \(dilation) does not fit into its input "
          + "\(image[0])×\(image[1]) with padding \(padding); take a smaller kernel or more padding"
      )
    }
    return output
  }
}

extension Shape {
  /// Height and width of an image [H, W, C].
  var plane: Extent2D { Extent2D(self[0], self[1]) }
}
