import Networks
import Storage
import Testing

/// A model with parameters, gradients and samples, to run and to check.
struct Trial: ~Copyable {
  var model: Model
  var parameters: [Float]
  var gradients: [Float]
  var images: [Float]
  var labels: [Int32]
  var identities: [SampleIdentity]

  init(_ network: Network, loss: Loss = .meanSquaredError, microBatch: Int, seed: UInt64 = 1) {
    model = Model(network, loss: loss, microBatch: microBatch, seed: seed)
    let classes = model.classCount
    parameters = Array(repeating: 0, count: model.layout.count)
    gradients = Array(repeating: 0, count: model.layout.count)
    for tensor in model.layout.tensors {
      for i in tensor.range { gradients[i] = .nan }
    }
    let stream = RandomStream(seed: seed, purpose: .synthesis, sample: 1)
    images = (0..<microBatch * network.images.shape.count).map { 2 * stream.uniform($0) - 1 }
    labels = (0..<microBatch).map { Int32($0 % classes) }
    identities = (0..<microBatch).map { SampleIdentity(epoch: 2, sample: UInt32(10 + $0)) }
    initialize(seed: seed)
  }

  /// Inputs take shuffled multiples of 0.1, none of them 0, so that no kink is near and no two are
  /// equal; everything else learned is drawn around its first value.
  private mutating func initialize(seed: UInt64) {
    let layout = model.layout
    var span = parameters.mutableSpan
    layout.initialize(&span, seed: seed)
    for (index, tensor) in layout.tensors.enumerated()
    where tensor.specification.role.isLearned {
      let stream = RandomStream(seed: seed, purpose: .synthesis, sample: UInt32(index + 2))
      let count = tensor.range.count
      guard tensor.name.hasSuffix("value") else {
        for i in 0..<count { span[tensor.range.lowerBound + i] += stream.uniform(i) - 0.5 }
        continue
      }
      let order = (0..<count).sorted { stream.word($0) < stream.word($1) }
      for (rank, i) in order.enumerated() {
        span[tensor.range.lowerBound + i] = (Float(rank - count / 2) + 0.5) * 0.1
      }
    }
  }

  /// Runs forward; returns what the loss says.
  @discardableResult
  mutating func forward(_ mode: Mode = .training) -> MicroBatchLoss {
    let (images, labels, identities) = (images, labels, identities)
    let parameters = parameters
    return model.forward(
      images: images.span, labels: labels.span, identities: identities.span,
      parameters: parameters.span, mode: mode)
  }

  /// Runs forward; returns the logits.
  mutating func logits(_ mode: Mode = .training) -> [Float] {
    forward(mode)
    let logits = model.logits
    return logits.indices.map { logits[$0] }
  }

  /// The mean loss of the micro-batch, in Double.
  mutating func lossInDouble() -> Double {
    let logits = logits()
    let classes = model.classCount
    var total = 0.0
    for (i, z) in logits.enumerated() {
      let label = Int(labels[i / classes])
      let target: Double = classes == 1 ? Double(label) : i % classes == label ? 1 : 0
      total += (Double(z) - target) * (Double(z) - target)
    }
    return total / Double(logits.count)
  }

  /// Runs backward after a forward pass.
  mutating func backward() {
    let parameters = parameters
    var written = gradients
    var span = written.mutableSpan
    model.backward(parameters: parameters.span, into: &span)
    gradients = written
  }

  /// The elements of the tensor called `name` in `array`.
  func tensor(_ name: String, of array: [Float]) throws -> [Float] {
    let tensor = try #require(model.layout.tensors.first { $0.name == name })
    return Array(array[tensor.range])
  }

  /// Compares every gradient with a central difference (step 1e-2, tolerance 1e-3 of the larger of
  /// the two or of a fifth of the tensor's largest), for at most `most` elements a tensor.
  mutating func expectGradients(
    _ what: String, most: Int = 150, location: SourceLocation = #_sourceLocation
  ) {
    forward()
    backward()
    let step: Float = 1e-2
    let tensors = model.layout.tensors.filter(\.specification.role.isLearned)
    for tensor in tensors {
      let largest = tensor.range.reduce(Float(0)) { max($0, abs(gradients[$1])) }
      #expect(largest.isFinite && largest > 0, "\(what), \(tensor.name): \(largest)")
      for i in stride(
        from: tensor.range.lowerBound, to: tensor.range.upperBound,
        by: tensor.range.count / most + 1)
      {
        let value = parameters[i]
        parameters[i] = value + step
        let above = lossInDouble()
        parameters[i] = value - step
        let below = lossInDouble()
        parameters[i] = value
        let numeric = (above - below) / Double((value + step) - (value - step))
        let analytic = Double(gradients[i])
        let scale = max(abs(analytic), abs(numeric), Double(largest) / 5)
        // One unit in the last place of every logit moves a loss of squares by 2ε times itself.
        let rounding = 2 * Double(Float.ulpOfOne) * max(above, below) / Double(step)
        guard !(abs(analytic - numeric) <= 1e-3 * scale + rounding) else { continue }
        Issue.record(
          "\(what), \(tensor.name)[\(i - tensor.range.lowerBound)]: \(analytic), not \(numeric)",
          sourceLocation: location)
        break
      }
    }
  }
}
