import Networks
import Storage
import Testing

@Suite struct GradientTests {
  @Test(arguments: LayerCatalogue.names)
  func `every layer of the catalogue passes the gradient check`(name: String) throws {
    let cases = LayerCase.all.filter { $0.name == name }
    #expect(!cases.isEmpty, "\(name) has no case")
    for c in cases {
      var trial = Trial(try c.network(), microBatch: c.microBatch)
      trial.expectGradients("\(name) of \(c.inputs)")
    }
  }

  @Test func `gradients of a value with three consumers add up`() throws {
    var network = Network(name: "fan", input: [1, 1, 1])
    let input = try network.add(
      "input", LearnedInput(shape: [3, 3, 2], microBatch: 2), network.images)
    let root = try network.add("root", Conv2D(4, kernel: 1), input)
    let left = try network.add("left", Activation(.tanh), root)
    let right = try network.add("right", Activation(.sigmoid), root)
    let sum = try network.add("sum", Add(), left, right, root)
    let flat = try network.add("flat", Flatten(), sum)
    _ = try network.add("head", Dense(2), flat)
    var trial = Trial(network, microBatch: 2)
    trial.expectGradients("fan")
  }

  @Test func `gradients add up through views, and where an addition reads one value twice`() throws
  {
    var network = Network(name: "views", input: [1, 1, 1])
    let input = try network.add(
      "input", LearnedInput(shape: [2, 2, 3], microBatch: 2), network.images)
    let root = try network.add("root", Activation(.tanh), input)
    let one = try network.add("one", Flatten(), root)
    let other = try network.add("other", Flatten(), root)
    let twice = try network.add("twice", Add(), one, one)
    let both = try network.add("both", Concatenate(), twice, other)
    let pooled = try network.add("pooled", GlobalAveragePool2D(), root)
    let all = try network.add("all", Concatenate(), both, pooled)
    _ = try network.add("head", Dense(3), all)
    var trial = Trial(network, microBatch: 2)
    trial.expectGradients("views")
  }

  @Test func `a deep network with shortcuts passes the gradient check`() throws {
    var trial = Trial(try residualNetwork(microBatch: 4), microBatch: 4)
    trial.expectGradients("residual", most: 40)
  }

  @Test(arguments: [
    Loss.softmaxCrossEntropy(),
    .softmaxCrossEntropy(labelSmoothing: 0.1, classWeights: [1, 2, 0.5]),
    .binaryCrossEntropy, .meanSquaredError,
  ])
  func `a small step down the gradient lowers every loss as predicted`(loss: Loss) throws {
    var network = Network(name: "slope", input: [2, 2, 1])
    let flat = try network.add("flat", Flatten(), network.images)
    _ = try network.add("head", Dense(3), flat)
    var trial = Trial(network, loss: loss, microBatch: 5)
    trial.forward()
    trial.backward()
    let start = trial.parameters
    let length = trial.gradients.reduce(0.0) { $0 + Double($1) * Double($1) }
    var means: [Double] = []
    for sign in [Float(1), -1] {
      trial.parameters = zip(start, trial.gradients).map { $0 + sign * 0.01 * $1 }
      means.append(trial.forward().mean)
    }
    #expect(abs((means[0] - means[1]) / 0.02 / length - 1) < 2e-3)
  }
}

/// A small residual network with every kind of branch.
func residualNetwork(microBatch: Int) throws -> Network {
  var network = Network(name: "residual", input: [1, 1, 1])
  let input = try network.add(
    "input", LearnedInput(shape: [6, 6, 3], microBatch: microBatch), network.images)
  var value = try network.add("conv1", Conv2D(4, kernel: 3, padding: 1, bias: false), input)
  value = try network.add("bn1", BatchNorm(epsilon: 0.1), value)
  value = try network.add("act1", Activation(.silu), value)
  for (block, stride) in [1, 2].enumerated() {
    let channels = 4 * stride
    let shortcut =
      stride == 1
      ? value
      : try network.add(
        "short\(block)", PaddedShortcut(channels: channels, stride: stride), value)
    var branch = try network.add(
      "conv\(block)a",
      Conv2D(channels, kernel: 3, stride: Extent2D(stride), padding: 1, bias: false), value)
    branch = try network.add("bn\(block)a", BatchNorm(epsilon: 0.1), branch)
    branch = try network.add("act\(block)a", Activation(.tanh), branch)
    branch = try network.add(
      "conv\(block)b", Conv2D(channels, kernel: 3, padding: 1, bias: false), branch)
    branch = try network.add("bn\(block)b", BatchNorm(epsilon: 0.1), branch)
    value = try network.add("sum\(block)", Add(), branch, shortcut)
    value = try network.add("act\(block)b", Activation(.sigmoid), value)
  }
  value = try network.add("pool", GlobalAveragePool2D(), value)
  value = try network.add("drop", Dropout(0.2), value)
  _ = try network.add("fc", Dense(3), value)
  return network
}
