import Foundation
import Networks
import Storage
import Testing

@Suite struct ModeTests {
  /// images → batch norm → flatten.
  private func normalized(_ shape: Shape, momentum: Float = 0.1) throws -> Network {
    var network = Network(name: "norm", input: shape)
    let value = try network.add("bn", BatchNorm(momentum: momentum), network.images)
    _ = try network.add("flat", Flatten(), value)
    return network
  }

  @Test(arguments: [(Shape([4, 3, 2]), 5), (Shape([7]), 3), (Shape([1, 1, 3]), 1)])
  func `backward leaves the micro-batch's mean and unbiased variance`(
    shape: Shape, microBatch: Int
  ) throws {
    var trial = Trial(try normalized(shape), microBatch: microBatch)
    trial.forward()
    trial.backward()
    let mean = try trial.tensor("bn.running_mean", of: trial.gradients)
    let variance = try trial.tensor("bn.running_var", of: trial.gradients)
    for c in 0..<shape.channels {
      let values = stride(from: c, to: trial.images.count, by: shape.channels).map {
        Double(trial.images[$0])
      }
      let center = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
      #expect(abs(Double(mean[c]) - center) < 1e-6)
      #expect(abs(Double(variance[c]) - squares / Double(max(values.count - 1, 1))) < 1e-6)
    }
  }

  @Test func `views are judged by the mean of their logits`() throws {
    var trial = Trial(try normalized([6]), loss: .softmaxCrossEntropy(), microBatch: 2)
    var sums = LogitSums(count: 12)
    let first = trial.logits(.evaluation)
    sums.add(first.span)
    trial.images.reverse()
    let second = trial.logits(.evaluation)
    sums.add(second.span)
    let means = zip(first, second).map { ($0 + $1) / 2 }
    let labels = trial.labels
    let loss = trial.model.judge(sums, labels: labels.span, count: 2)
    #expect((0..<12).map { trial.model.logits[$0] } == means)
    let expected = (0..<2).reduce(0.0) { total, sample in
      let exponentials = means[6 * sample..<6 * sample + 6].map { exp(Double($0)) }
      let label = exponentials[Int(labels[sample])]
      return total - log(label / exponentials.reduce(0, +))
    }
    #expect(abs(loss.sum - expected) < 1e-5 && loss.count == 2)
  }

  @Test func `evaluation normalizes by the running statistics`() throws {
    var trial = Trial(try normalized([2, 2, 2]), microBatch: 2)
    let tensors = trial.model.layout.tensors
    let values: [String: [Float]] = [
      "bn.weight": [2, 3], "bn.bias": [1, -1], "bn.running_mean": [0.5, -0.25],
      "bn.running_var": [4, 0.25],
    ]
    for tensor in tensors {
      let given = try #require(values[tensor.name])
      for c in 0..<2 { trial.parameters[tensor.range.lowerBound + c] = given[c] }
    }
    let logits = trial.logits(.evaluation)
    for (i, x) in trial.images.enumerated() {
      let expected = i % 2 == 0 ? (x - 0.5) / 2 * 2 + 1 : (x + 0.25) / 0.5 * 3 - 1
      #expect(abs(logits[i] - expected) < 1e-3)
    }
    #expect(trial.logits(.training) != logits)
  }

  @Test func `the initial scale of a batch norm can be 0`() throws {
    let tensors = BatchNorm(initialScale: 0).parameters(of: [[3, 3, 8]])
    #expect(tensors.map(\.name) == ["weight", "bias", "running_mean", "running_var"])
    #expect(tensors[0].initializer == .constant(0))
    #expect(tensors.map(\.role.isLearned) == [true, true, false, false])
  }

  /// images → dropout → dropout → flatten, with all images 1.
  private func dropped(
    rate: Float, seed: UInt64 = 1, epoch: UInt32 = 0, first: UInt32 = 0
  ) throws -> [Float] {
    var network = Network(name: "drop", input: [1000])
    let one = try network.add("one", Dropout(rate), network.images)
    let other = try network.add("other", Dropout(rate), network.images)
    _ = try network.add("both", Concatenate(), one, other)
    var trial = Trial(network, microBatch: 2, seed: seed)
    trial.images = trial.images.map { _ in 1 }
    trial.identities = [0, 1].map { SampleIdentity(epoch: epoch, sample: first + $0) }
    let logits = trial.logits()
    #expect(trial.logits(.evaluation) == trial.images + trial.images)
    return logits
  }

  @Test func `dropout is a pure function of seed, epoch, sample and layer`() throws {
    let base = try dropped(rate: 0.5)
    #expect(try dropped(rate: 0.5) == base)
    #expect(try dropped(rate: 0.5, seed: 2) != base)
    #expect(try dropped(rate: 0.5, epoch: 1) != base)
    let shifted = try dropped(rate: 0.5, first: 1)
    // Sample 1 stands first now and second before: its numbers go with it.
    let samplesKeep = shifted[0..<2000] == base[2000..<4000]
    let samplesDiffer = base[0..<2000] != base[2000..<4000]
    let layersDiffer = Array(base[0..<1000]) != Array(base[1000..<2000])
    #expect(samplesKeep && samplesDiffer && layersDiffer)
  }

  @Test(arguments: [Float(0), 0.1, 0.5, 0.9])
  func `dropout keeps the expectation`(rate: Float) throws {
    let values = try dropped(rate: rate)
    let mean = values.reduce(0, +) / Float(values.count)
    let deviation = (rate / (1 - rate) / Float(values.count)).squareRoot()
    #expect(abs(mean - 1) <= 4 * deviation + 1e-5)
  }
}
