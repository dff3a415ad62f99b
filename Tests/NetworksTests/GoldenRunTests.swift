import Foundation
import Networks
import Storage
import Testing

/// Ten steps of training, by PyTorch in double: see make_runs.py.
private struct GoldenRun: Decodable {
  struct Figures: Decodable {
    let largest: Double
    let norm: Double
    let sample: [Double]
  }

  let batch: Int
  let samples: Int
  let gain: Double
  let rate: Double
  let momentum: Double
  let weightDecay: Double
  let labels: [Int32]
  let losses: [Double]
  let logits: [Double]
  let gradients: [String: Figures]
  let final: [String: Figures]
}

/// What this library makes of the same weights and batches.
private struct OwnRun {
  var losses: [Double] = []
  var logits: [Float] = []
  var gradients: [Float] = []
  var parameters: [Float] = []
}

struct GoldenRunTests {
  @Test func `LeNet trains as PyTorch's does`() throws {
    let golden = try GoldenRun.decode("lenet.json")
    let network = try NetworkCatalogue.network(named: "lenet", input: [28, 28, 1], classes: 10)
    let images = try GoldenValues.bytes("fashion-mnist.bin").map { Float($0) / 255 }
    try compare(golden, golden.train(network, images: images), network)
  }

  @Test func `ResNet-20 trains as PyTorch's does`() throws {
    let golden = try GoldenRun.decode("resnet20.json")
    // Among its million activations some lie so near to 0 that the rounding of fast convolutions
    // decides their sign, and so whether they pass a gradient: `FastNetworkTests` keep away from it.
    let network = try NetworkCatalogue.network(
      named: "resnet20", input: [32, 32, 3], classes: 10
    ).exact
    let images = patterns(labels: golden.labels).map { (Float($0) - 110) / 64 }
    try compare(golden, golden.train(network, images: images), network)
  }

  private func compare(_ golden: GoldenRun, _ own: OwnRun, _ network: Network) throws {
    for (step, (loss, expected)) in zip(own.losses, golden.losses).enumerated() {
      #expect(abs(loss - expected) < 1e-4 * expected, "loss of step \(step)")
    }
    let logitError = zip(own.logits, golden.logits).map { abs(Double($0) - $1) }.max() ?? 1
    #expect(logitError < 1e-4)
    #expect(own.losses.count == 10 && golden.losses.count == 10)
    #expect(own.logits.count == golden.logits.count)
    let tensors = network.parameterLayout().layout.tensors
    #expect(golden.final.count == tensors.count)
    for tensor in tensors {
      if tensor.specification.role.isLearned {
        let expected = try #require(golden.gradients[tensor.name])
        check(own.gradients[tensor.range], expected, golden.samples, "gradient of \(tensor.name)")
      }
      let expected = try #require(golden.final[tensor.name])
      check(own.parameters[tensor.range], expected, golden.samples, "final \(tensor.name)")
    }
  }

  /// Within a thousandth of the largest value, element by element, and the norm as a whole.
  private func check(
    _ values: ArraySlice<Float>, _ expected: GoldenRun.Figures, _ samples: Int, _ name: String
  ) {
    let tolerance = 1e-3 * expected.largest
    var squares = 0.0
    for value in values { squares += Double(value) * Double(value) }
    #expect(abs(squares.squareRoot() - expected.norm) < 1e-3 * expected.norm, "\(name): norm")
    let indices = GoldenValues.sample(values.count, samples)
    #expect(indices.count == expected.sample.count)
    var error = 0.0
    for (index, number) in zip(indices, expected.sample) {
      error = max(error, abs(Double(values[values.startIndex + index]) - number))
    }
    #expect(error <= tolerance, "\(name) is off by \(error)")
  }

  /// Triangle waves whose direction tells the class, with noise; as in make_runs.py.
  private func patterns(labels: [Int32]) -> [UInt8] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(labels.count * 32 * 32 * 3)
    for (n, label) in labels.enumerated() {
      let phase = Int(GoldenValues.hash("phase", n) & 255)
      for y in 0..<32 {
        for x in 0..<32 {
          for c in 0..<3 {
            let across = (1 + Int(label) % 5) * 8 * x
            let down = (1 + Int(label) / 5 * 2) * 8 * y
            let wave = (across + down + 64 * c + phase) % 256
            let triangle = wave < 128 ? 2 * wave : 510 - 2 * wave
            let noise = Int(GoldenValues.hash("noise", pixels.count) >> 26)
            pixels.append(UInt8(triangle * 3 / 4 + noise))
          }
        }
      }
    }
    return pixels
  }
}

extension GoldenRun {
  fileprivate static func decode(_ file: String) throws -> GoldenRun {
    try GoldenValues.decode(GoldenRun.self, from: file)
  }

  /// The first value of a tensor, by its name and shape.
  private func firstValues(_ tensor: ParameterLayout.Tensor) -> [Float] {
    let shape = tensor.specification.shape
    let name = tensor.name
    if name.hasSuffix("running_var") { return Array(repeating: 1, count: shape.count) }
    if name.hasSuffix("running_mean") { return Array(repeating: 0, count: shape.count) }
    if name.hasSuffix("bias") {
      let shift: Float = name.contains("bn") ? 0.5 : 0
      return GoldenValues.uniform(name, shape.count, bound: 0.25).map { shift + $0 }
    }
    if shape.rank == 1 {
      return GoldenValues.uniform(name, shape.count, bound: 0.25).map { 1 + $0 }
    }
    let full = (gain / Double(shape.positions)).squareRoot()
    let bound = Float(name.hasPrefix("linear") ? full / 8 : full)
    return GoldenValues.uniform(name, shape.count, bound: bound)
  }

  /// One step a batch, the whole batch one micro-batch.
  fileprivate func train(_ network: Network, images: [Float]) throws -> OwnRun {
    var model = Model(network, loss: .softmaxCrossEntropy(), microBatch: batch, seed: 1)
    let settings = OptimizerSettings(.sgd(momentum: momentum), weightDecay: weightDecay)
    let optimizer = try Optimizer(settings, layout: model.layout)
    var run = OwnRun()
    run.parameters = Array(repeating: 0, count: model.layout.count)
    for tensor in model.layout.tensors {
      run.parameters.replaceSubrange(tensor.range, with: firstValues(tensor))
    }
    var gradients = run.parameters.map { _ in Float(0) }
    var velocity = gradients
    let pixels = network.images.shape.count * batch
    let identities = (0..<batch).map { SampleIdentity(epoch: 0, sample: UInt32($0)) }
    for step in 0..<labels.count / batch {
      let loss = model.forward(
        images: images.span.extracting(step * pixels..<(step + 1) * pixels),
        labels: labels.span.extracting(step * batch..<(step + 1) * batch),
        identities: identities.span, parameters: run.parameters.span, mode: .training)
      run.losses.append(loss.mean)
      if step == 0 {
        let logits = model.logits
        for i in logits.indices { run.logits.append(logits[i]) }
      }
      var gradient = gradients.mutableSpan
      model.backward(parameters: run.parameters.span, into: &gradient)
      if step == 0 { run.gradients = gradients }
      let now = optimizer.step(step + 1, rate: rate)
      for (index, block) in model.layout.blocks.enumerated() {
        var p = run.parameters.mutableSpan
        var v = velocity.mutableSpan
        var none = MutableSpan<Float>()
        var parameters = p.slice(block.range)
        var first = v.slice(block.range)
        optimizer.update(
          block: index, parameters: &parameters, gradient: gradients.span.extracting(block.range),
          first: &first, second: &none, at: now)
      }
    }
    return run
  }
}
