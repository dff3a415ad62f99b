public import Kernels
public import Storage

/// A 2-D convolution of images [H, W, Cin], with any kernel, stride, padding, dilation and groups.
///
/// As in the field, the kernel is not flipped. `groups` equal to both channel counts makes it
/// depthwise.
public struct Conv2D: Layer {
  /// The number of output channels, Cout.
  public let channels: Int
  /// Elements of the kernel.
  public let kernel: Extent2D
  /// Inputs from one output to the next.
  public let stride: Extent2D
  /// Zeros on each side of the input.
  public let padding: Extent2D
  /// Inputs from one element of the kernel to the next.
  public let dilation: Extent2D
  /// The number of groups of channels that see only each other.
  public let groups: Int
  /// Whether a bias is added.
  public let bias: Bool
  /// Whether any way to compute it will do, or only the reference.
  public private(set) var policy = Convolution.Policy.fast
  /// The first weights.
  public let weightInitializer: Initializer
  /// The first biases.
  public let biasInitializer: Initializer

  /// A convolution with the given number of output channels.
  public init(
    _ channels: Int, kernel: Extent2D, stride: Extent2D = 1, padding: Extent2D = 0,
    dilation: Extent2D = 1, groups: Int = 1, bias: Bool = true,
    weights: Initializer = .heNormal(.fanOut), biases: Initializer = .constant(0)
  ) {
    self.channels = channels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    self.bias = bias
    weightInitializer = weights
    biasInitializer = biases
  }

  /// [H, W, Cin] → [OH, OW, Cout], with OH = ⌊(H + 2p − d·(KH − 1) − 1) / s⌋ + 1, and so OW.
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    let image = try InputCheck.image(inputs, of: "conv2d")
    guard channels >= 1, groups >= 1 else {
      throw NetworkError(
        "conv2d needs at least 1 channel and 1 group, not \(channels) and \(groups)")
    }
    guard image.channels % groups == 0, channels % groups == 0 else {
      throw NetworkError(
        "conv2d cannot divide \(image.channels) input and \(channels) output channels into "
          + "\(groups) groups")
    }
    let output = try InputCheck.slide(
      over: image, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
      of: "conv2d")
    return [output.height, output.width, channels]
  }

  /// `weight` [KH, KW, Cin/groups, Cout] and `bias` [Cout].
  public func parameters(of inputs: [Shape]) -> [ParameterSpecification] {
    let weight = ParameterSpecification(
      "weight", [kernel.height, kernel.width, inputs[0].channels / groups, channels],
      role: .weight, initializer: weightInitializer)
    guard bias else { return [weight] }
    return [
      weight,
      ParameterSpecification("bias", [channels], role: .bias, initializer: biasInitializer),
    ]
  }

  /// Scratch memory, and weights in the form that the kernels read.
  public func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory {
    let convolution = convolution(of: inputs[0], samples: microBatch)
    return LayerMemory(
      workspace: convolution.workspaceCount, preparedForward: convolution.preparedCount,
      preparedBackward: convolution.preparedGradientCount)
  }

  /// The same layer, computed by the reference.
  public var exact: Conv2D {
    var layer = self
    layer.policy = .exact
    return layer
  }

  /// Weight gradients are products with the input.
  public var backwardReads: BackwardReads { .input }

  /// Weights in the form that the forward pass reads.
  public func prepareForward(_ pass: borrowing PreparationPass) {
    var prepared = pass.prepared
    convolution(of: pass.inputShape(), samples: pass.microBatch)
      .prepare(pass.parameter(0), into: &prepared)
  }

  /// Weights in the form that the gradient of the input is made from.
  public func prepareBackward(_ pass: borrowing PreparationPass) {
    var prepared = pass.prepared
    convolution(of: pass.inputShape(), samples: pass.microBatch)
      .prepareGradient(pass.parameter(0), into: &prepared)
  }

  /// Overwrites the output, [N, OH, OW, Cout].
  public func forward(_ pass: borrowing ForwardPass) {
    var y = pass.output
    var workspace = pass.workspace
    convolution(of: pass.inputShape(), samples: pass.microBatch).forward(
      pass.input(), pass.parameter(0), prepared: pass.prepared, into: &y, workspace: &workspace)
    if bias { addToRows(pass.parameter(1), of: &y) }
  }

  /// Overwrites the gradients of weight and bias, and of the input if anybody needs it.
  public func backward(_ pass: borrowing BackwardPass) {
    let convolution = convolution(of: pass.inputShape(), samples: pass.microBatch)
    var workspace = pass.workspace
    var weightGradient = pass.parameterGradient(0)
    if bias {
      var biasGradient = pass.parameterGradient(1)
      sumRows(of: pass.outputGradient, into: &biasGradient)
    }
    if pass.needsInputGradient() {
      var dx = pass.inputGradient()
      convolution.gradients(
        pass.input(), pass.outputGradient, pass.parameter(0), prepared: pass.prepared,
        into: &weightGradient, input: &dx, workspace: &workspace)
    } else {
      convolution.weightGradient(
        pass.input(), pass.outputGradient, into: &weightGradient, workspace: &workspace)
    }
  }

  /// The convolution of `samples` images [H, W, Cin].
  func convolution(of image: Shape, samples: Int) -> Convolution {
    Convolution(geometry(of: image), samples: samples, policy: policy)
  }

  private func geometry(of image: Shape) -> ConvolutionGeometry {
    ConvolutionGeometry(
      window: WindowGeometry(
        input: image.plane, kernel: kernel, stride: stride, padding: padding, dilation: dilation),
      inputChannels: image.channels, outputChannels: channels, groups: groups)
  }
}
