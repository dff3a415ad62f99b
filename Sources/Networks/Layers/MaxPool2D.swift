import Kernels
public import Storage

/// The largest input of each window, channel by channel; padding never wins.
public struct MaxPool2D: Layer {
  /// Elements of the window.
  public let kernel: Extent2D
  /// Inputs from one window to the next.
  public let stride: Extent2D
  /// Positions imagined on each side of the input.
  public let padding: Extent2D

  /// A pooling whose windows touch each other unless a stride is given.
  public init(kernel: Extent2D, stride: Extent2D? = nil, padding: Extent2D = 0) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
  }

  /// [H, W, C] → [OH, OW, C]; the padding must be smaller than the kernel.
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    let image = try InputCheck.image(inputs, of: "max_pool2d")
    let output = try InputCheck.slide(
      over: image, kernel: kernel, stride: stride, padding: padding, of: "max_pool2d")
    guard padding.height < kernel.height, padding.width < kernel.width else {
      throw NetworkError(
        "max_pool2d needs a padding smaller than its kernel \(kernel), not \(padding)")
    }
    return [output.height, output.width, image.channels]
  }

  /// Which input won, for every output.
  public func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory {
    let outputs = window(of: inputs[0]).output.count * inputs[0].channels
    return LayerMemory(savedIndices: microBatch * outputs)
  }

  /// The winners are saved; no activation is read again.
  public var backwardReads: BackwardReads { [] }

  /// Overwrites the output and remembers the winners.
  public func forward(_ pass: borrowing ForwardPass) {
    var y = pass.output
    var indices = pass.savedIndices
    let image = pass.inputShape()
    maxPooling(
      pass.input(), window(of: image), channels: image.channels, into: &y, indices: &indices)
  }

  /// Overwrites the input's gradient.
  public func backward(_ pass: borrowing BackwardPass) {
    guard pass.needsInputGradient() else { return }
    var dx = pass.inputGradient()
    let image = pass.inputShape()
    maxPoolingGradient(
      pass.outputGradient, indices: pass.savedIndices, window(of: image),
      channels: image.channels, into: &dx)
  }

  private func window(of image: Shape) -> WindowGeometry {
    WindowGeometry(input: image.plane, kernel: kernel, stride: stride, padding: padding)
  }
}
