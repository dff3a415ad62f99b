import Kernels
import Testing

/// Losses of samples with two labels.
@Suite struct LabelMixtureTests {
  private typealias Outcome = (losses: [Float], gradient: [Float])
  private typealias Computation = (
    Span<Float>, Span<Int32>, LabelMixture, inout MutableSpan<Float>, inout MutableSpan<Float>
  ) -> Void

  private let samples = 6
  private let classes = 5
  private let labels: [Int32] = [0, 1, 2, 3, 4, 0]
  private let others: [Int32] = [4, 3, 2, 1, 0, 0]
  private let shares: [Float] = [1, 0.9, 0.5, 0.75, 0.6, 0.51]

  private var logits: [Float] { numbers(samples * classes, seed: 4).map { 3 * $0 } }

  /// What a loss says of one label each, or of both.
  private func outcome(
    _ labels: [Int32], others: [Int32] = [], shares: [Float] = [], _ loss: Computation
  ) -> Outcome {
    let logits = logits
    var losses = unwritten(samples)
    var gradient = unwritten(samples * classes)
    var lossSpan = losses.mutableSpan
    var gradientSpan = gradient.mutableSpan
    let mixture = LabelMixture(others: others.span, shares: shares.span)
    loss(logits.span, labels.span, mixture, &lossSpan, &gradientSpan)
    return (losses, gradient)
  }

  /// Expects that a loss of both labels is the mixture of the losses of each.
  private func expectMixture(_ loss: Computation) -> Outcome {
    let mixed = outcome(labels, others: others, shares: shares, loss)
    let (first, second) = (outcome(labels, loss), outcome(others, loss))
    func mix(_ a: [Float], _ b: [Float], _ each: Int) -> [Double] {
      a.indices.map { index in
        let share = Double(shares[index / each])
        return share * Double(a[index]) + (1 - share) * Double(b[index])
      }
    }
    expectClose(mixed.losses, mix(first.losses, second.losses, 1), "losses")
    expectClose(mixed.gradient, mix(first.gradient, second.gradient, classes), "gradient")
    // A share of 1 changes no bit.
    #expect(mixed.losses[0] == first.losses[0])
    #expect(mixed.gradient[..<classes] == first.gradient[..<classes])
    return mixed
  }

  @Test(arguments: [Float(0), 0.1], [[Float](), [1, 2, 0.5, 3, 0.25]])
  func `cross-entropy and its gradient are those of both labels by their shares`(
    smoothing: Float, weights: [Float]
  ) {
    let mixed = expectMixture { logits, labels, mixture, losses, gradient in
      softmaxCrossEntropyLoss(
        logits: logits, labels: labels, mixture: mixture, labelSmoothing: smoothing,
        classWeights: weights.span, losses: &losses, gradient: &gradient)
    }
    #expect(mixed.losses.allSatisfy { $0 > 0 })
  }

  @Test func `binary cross-entropy is linear in its targets too`() {
    let mixed = expectMixture { logits, labels, mixture, losses, gradient in
      binaryCrossEntropyLoss(
        logits: logits, labels: labels, mixture: mixture, losses: &losses, gradient: &gradient)
    }
    #expect(mixed.losses.allSatisfy { $0 > 0 })
  }

  @Test func `the squared error is to the mixed target`() {
    let mixed = outcome(labels, others: others, shares: shares) {
      logits, labels, mixture, losses, gradient in
      meanSquaredErrorLoss(
        logits: logits, labels: labels, mixture: mixture, losses: &losses, gradient: &gradient)
    }
    let logits = logits
    let expected = (0..<samples).map { n in
      (0..<classes).reduce(0.0) { sum, k in
        let own = Int(labels[n]) == k ? Double(shares[n]) : 0
        let other = Int(others[n]) == k ? 1 - Double(shares[n]) : 0
        let error = Double(logits[n * classes + k]) - own - other
        return sum + error * error / Double(classes)
      }
    }
    expectClose(mixed.losses, expected, "losses")
  }
}
