import Networks
import Storage
import Testing

@Suite struct FusionTests {
  /// Loss and gradients of one micro-batch, with every batch norm's weights drawn at random.
  private func run(_ network: Network, microBatch: Int, fusing: Bool) -> (Double, [Float]) {
    var model = Model(
      network, loss: .softmaxCrossEntropy(), microBatch: microBatch, seed: 5, fusing: fusing)
    var parameters = [Float](repeating: 0, count: model.layout.count)
    var values = parameters.mutableSpan
    model.layout.initialize(&values, seed: 5)
    for (index, tensor) in model.layout.tensors.enumerated()
    where tensor.specification.role == .scale || tensor.specification.role == .bias {
      let stream = RandomStream(seed: 5, purpose: .synthesis, sample: UInt32(index))
      for i in tensor.range { values[i] += stream.normal(i) / 4 }
    }
    let stream = RandomStream(seed: 6, purpose: .synthesis)
    let images = (0..<microBatch * network.images.shape.count).map(stream.normal)
    let labels = (0..<microBatch).map { Int32($0 % network.output.shape.count) }
    let identities = (0..<microBatch).map { SampleIdentity(epoch: 1, sample: UInt32($0)) }
    let loss = model.forward(
      images: images.span, labels: labels.span, identities: identities.span,
      parameters: parameters.span, mode: .training)
    var gradients = [Float](repeating: 0, count: parameters.count)
    var target = gradients.mutableSpan
    model.backward(parameters: parameters.span, into: &target)
    let judged = model.forward(
      images: images.span, labels: labels.span, identities: identities.span,
      parameters: parameters.span, mode: .evaluation)
    return (loss.sum + judged.sum, gradients)
  }

  private func expectSameBits(_ network: Network, microBatch: Int = 3) {
    let fused = run(network, microBatch: microBatch, fusing: true)
    let plain = run(network, microBatch: microBatch, fusing: false)
    #expect(fused.0 == plain.0 && fused.0.isFinite, "\(network.name): the loss")
    // Not in the expectation itself, which would look for the differences for hours.
    let haveSameGradients = fused.1 == plain.1
    #expect(haveSameGradients, "\(network.name): gradients")
    #expect(fused.1.contains { $0 != 0 })
  }

  @Test(arguments: [
    "resnet20", "resnet20_b", "resnet18", "resnet50", "vgg11_bn", "mobilenet_v2",
  ])
  func `fused and unfused networks have the same bits`(name: String) throws {
    expectSameBits(
      try NetworkCatalogue.network(named: name, input: [32, 32, 3], classes: 5, dropout: 0.3))
  }

  @Test(arguments: [Activation.Function?.none, .relu, .relu6], [1, 3])
  func `pooled convolutions have the same loss, and gradients but for rounding`(
    function: Activation.Function?, channels: Int
  ) throws {
    var network = Network(name: "pooled", input: [29, 28, channels])
    var x = try network.add("conv1", Conv2D(20, kernel: 5), network.images)
    if let function { x = try network.add("clamp1", Activation(function), x) }
    x = try network.add("pool1", MaxPool2D(kernel: 2), x)
    x = try network.add("conv2", Conv2D(50, kernel: 5), x)
    if let function { x = try network.add("clamp2", Activation(function), x) }
    x = try network.add("pool2", MaxPool2D(kernel: 2), x)
    x = try network.add("flatten", Flatten(), x)
    _ = try network.add("head", Dense(5), x)
    let fused = run(network, microBatch: 3, fusing: true)
    let plain = run(network, microBatch: 3, fusing: false)
    #expect(fused.0 == plain.0 && fused.0.isFinite)
    let largest = plain.1.map(abs).max() ?? 0
    #expect(largest > 0 && fused.1 != plain.1)
    for (one, other) in zip(fused.1, plain.1) { #expect(abs(one - other) <= 1e-5 * largest) }
    let bytes = [true, false].map {
      Model(network, loss: .softmaxCrossEntropy(), microBatch: 8, seed: 1, fusing: $0).memoryBytes
    }
    #expect(bytes[0] < bytes[1])
  }

  @Test(arguments: ["resnet20", "vgg11_bn", "mobilenet_v2"])
  func `what is between fused layers takes no memory`(name: String) throws {
    // The scratch memory of fast convolutions can be the larger need: it would hide the rest.
    let network = try NetworkCatalogue.network(named: name, input: [32, 32, 3], classes: 5).exact
    let bytes = [true, false].map {
      Model(network, loss: .softmaxCrossEntropy(), microBatch: 8, seed: 1, fusing: $0).memoryBytes
    }
    #expect(bytes[0] < bytes[1])
  }

  @Test func `what cannot be fused stays, and what can be has the same bits`() throws {
    var network = Network(name: "tangled", input: [5, 5, 2])
    let x = try network.add("conv", Conv2D(6, kernel: 3, padding: 1), network.images)
    // The normalization's input and the residual have further readers, before and behind.
    let early = try network.add("early", Activation(.tanh), x)
    let one = try network.add("bn1", BatchNorm(), x)
    let two = try network.add("bn2", BatchNorm(), early)
    let sum = try network.add("sum", Add(), one, two)
    let rectified = try network.add("relu", Activation(.relu), sum)
    let late = try network.add("late", Add(), x, early, rectified)
    // Twice the same, and an activation that is not fused.
    let three = try network.add("bn3", BatchNorm(), late)
    let twice = try network.add("twice", Add(), three, three)
    let smooth = try network.add("silu", Activation(.silu), twice)
    // The residual is the normalization's own input.
    let four = try network.add("bn4", BatchNorm(), smooth)
    let own = try network.add("own", Add(), four, smooth)
    let six = try network.add("six", Activation(.relu6), own)
    // An addition without a normalization, and a reader of the residual between the two.
    let five = try network.add("bn5", BatchNorm(), six)
    let between = try network.add("between", Activation(.sigmoid), rectified)
    let far = try network.add("far", Add(), five, rectified)
    let clamped = try network.add("clamped", Activation(.relu6), far)
    let plain = try network.add("plain", Add(), clamped, between)
    let last = try network.add("last", Activation(.relu), plain)
    let pooled = try network.add("pool", GlobalAveragePool2D(), last)
    _ = try network.add("head", Dense(3), pooled)
    expectSameBits(network, microBatch: 4)
  }

  @Test(arguments: [Activation.Function.relu, .relu6], [false, true])
  func `fused layers pass the gradient check`(
    function: Activation.Function, addsResidual: Bool
  ) throws {
    var network = Network(name: "fused", input: [1, 1, 1])
    let input = try network.add(
      "input", LearnedInput(shape: [3, 3, 2], microBatch: 4), network.images)
    let root = try network.add("root", Activation(.tanh), input)
    var value = try network.add("bn", BatchNorm(epsilon: 0.1), root)
    if addsResidual {
      let other = try network.add(
        "other", LearnedInput(shape: [3, 3, 2], microBatch: 4), network.images)
      value = try network.add("sum", Add(), other, value)
    }
    value = try network.add("clamp", Activation(function), value)
    // Two readers: gradients are summed in the fused pass.
    let left = try network.add("left", Activation(.tanh), value)
    value = try network.add("both", Add(), left, value)
    value = try network.add("flat", Flatten(), value)
    _ = try network.add("head", Dense(3), value)
    var trial = Trial(network, microBatch: 4, seed: 3)
    trial.expectGradients("fused")
  }
}
