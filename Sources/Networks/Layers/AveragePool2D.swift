import Kernels
public import Storage

/// The mean of each window, channel by channel.
///
/// Padding counts as zeros, every sum is divided by KH·KW: PyTorch's default,
/// `count_include_pad=True`.
public struct AveragePool2D: Layer {
  /// Elements of the window.
  public let kernel: Extent2D
  /// Inputs from one window to the next.
  public let stride: Extent2D
  /// Zeros on each side of the input.
  public let padding: Extent2D

  /// A pooling whose windows touch each other unless a stride is given.
  public init(kernel: Extent2D, stride: Extent2D? = nil, padding: Extent2D = 0) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
  }

  /// [H, W, C] → [OH, OW, C].
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    let image = try InputCheck.image(inputs, of: "average_pool2d")
    let output = try InputCheck.slide(
      over: image, kernel: kernel, stride: stride, padding: padding, of: "average_pool2d")
    return [output.height, output.width, image.channels]
  }

  /// Gradients depend on no activation.
  public var backwardReads: BackwardReads { [] }

  /// Overwrites the output.
  public func forward(_ pass: borrowing ForwardPass) {
    var y = pass.output
    let image = pass.inputShape()
    averagePooling(pass.input(), window(of: image), channels: image.channels, into: &y)
  }

  /// Overwrites the input's gradient.
  public func backward(_ pass: borrowing BackwardPass) {
    guard pass.needsInputGradient() else { return }
    var dx = pass.inputGradient()
    let image = pass.inputShape()
    averagePoolingGradient(
      pass.outputGradient, window(of: image), channels: image.channels, into: &dx)
  }

  private func window(of image: Shape) -> WindowGeometry {
    WindowGeometry(input: image.plane, kernel: kernel, stride: stride, padding: padding)
  }
}
