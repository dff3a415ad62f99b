import Kernels
public import Storage

/// Every `stride`-th position, with channels of zeros on both sides: shortcut option A of ResNet.
///
/// (He et al., "Deep residual learning", 2015, section 4.2.) (Cout − Cin) / 2 zeros come before
/// the input's channels, the rest after them.
public struct PaddedShortcut: Layer {
  /// The number of output channels; at least those of the input.
  public let channels: Int
  /// Inputs from one output to the next, on both axes.
  public let stride: Int

  /// A shortcut with the given number of output channels.
  public init(channels: Int, stride: Int) {
    self.channels = channels
    self.stride = stride
  }

  /// [H, W, Cin] → [⌈H / stride⌉, ⌈W / stride⌉, Cout].
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    let image = try InputCheck.image(inputs, of: "padded_shortcut")
    guard stride >= 1 else {
      throw NetworkError("padded_shortcut needs a stride of at least 1, not \(stride)")
    }
    guard channels >= image.channels else {
      throw NetworkError(
        "padded_shortcut cannot make \(channels) channels from \(image.channels); it only adds")
    }
    return [(image[0] - 1) / stride + 1, (image[1] - 1) / stride + 1, channels]
  }

  /// Gradients depend on no activation.
  public var backwardReads: BackwardReads { [] }

  /// Overwrites the output.
  public func forward(_ pass: borrowing ForwardPass) {
    var y = pass.output
    let image = pass.inputShape()
    paddedShortcut(
      pass.input(), plane: image.plane, stride: stride, inputs: image.channels,
      outputs: channels, into: &y)
  }

  /// Overwrites the input's gradient.
  public func backward(_ pass: borrowing BackwardPass) {
    guard pass.needsInputGradient() else { return }
    var dx = pass.inputGradient()
    let image = pass.inputShape()
    paddedShortcutGradient(
      pass.outputGradient, plane: image.plane, stride: stride, inputs: image.channels,
      outputs: channels, into: &dx)
  }
}
