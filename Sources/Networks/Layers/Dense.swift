import Kernels
public import Storage

/// y = x·W + b, with W [inputs, outputs] and b [outputs].
public struct Dense: Layer {
  /// The number of outputs.
  public let outputs: Int
  /// Whether a bias is added.
  public let bias: Bool
  /// The first weights.
  public let weightInitializer: Initializer
  /// The first biases.
  public let biasInitializer: Initializer

  /// A dense layer with the given number of outputs.
  public init(
    _ outputs: Int, bias: Bool = true, weights: Initializer = .xavierUniform,
    biases: Initializer = .constant(0)
  ) {
    self.outputs = outputs
    self.bias = bias
    weightInitializer = weights
    biasInitializer = biases
  }

  /// [inputs] → [outputs]; an input of another rank must be flattened first.
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    guard inputs.count == 1, inputs[0].rank == 1 else {
      throw NetworkError("dense needs one flat input, not \(inputs); put a flatten before it")
    }
    return [outputs]
  }

  /// `weight` [inputs, outputs] and `bias` [outputs].
  public func parameters(of inputs: [Shape]) -> [ParameterSpecification] {
    let weight = ParameterSpecification(
      "weight", [inputs[0].count, outputs], role: .weight, initializer: weightInitializer)
    guard bias else { return [weight] }
    return [
      weight,
      ParameterSpecification("bias", [outputs], role: .bias, initializer: biasInitializer),
    ]
  }

  /// Weight gradients are products with the input.
  public var backwardReads: BackwardReads { .input }

  /// Scratch memory.
  public func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory {
    LayerMemory(workspace: map(of: inputs[0], samples: microBatch).workspaceCount)
  }

  /// Overwrites the output, [N, outputs].
  public func forward(_ pass: borrowing ForwardPass) {
    var y = pass.output
    map(of: pass.inputShape(), samples: pass.microBatch)
      .forward(pass.input(), pass.parameter(0), into: &y)
    if bias { addToRows(pass.parameter(1), of: &y) }
  }

  /// dW = xᵀ·dy, db = Σ dy, dx = dy·Wᵀ.
  public func backward(_ pass: borrowing BackwardPass) {
    let map = map(of: pass.inputShape(), samples: pass.microBatch)
    var weightGradient = pass.parameterGradient(0)
    map.weightGradient(pass.input(), pass.outputGradient, into: &weightGradient)
    if bias {
      var biasGradient = pass.parameterGradient(1)
      sumRows(of: pass.outputGradient, into: &biasGradient)
    }
    if pass.needsInputGradient() {
      var dx = pass.inputGradient()
      var workspace = pass.workspace
      map.inputGradient(pass.outputGradient, pass.parameter(0), into: &dx, workspace: &workspace)
    }
  }

  private func map(of input: Shape, samples: Int) -> LinearMap {
    LinearMap(inputs: input.count, outputs: outputs, samples: samples)
  }
}
