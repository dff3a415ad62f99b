import Foundation
import Kernels
import Testing

/// A loss over N samples and K classes, with the same in Double.
struct LossCase: CustomTestStringConvertible, Sendable {
  let name: String
  let classes: Int
  let kernel:
    @Sendable (Span<Float>, Span<Int32>, inout MutableSpan<Float>, inout MutableSpan<Float>) -> Void
  /// The loss of one sample.
  let reference: @Sendable ([Double], Int) -> Double

  var testDescription: String { "\(name), \(classes) classes" }

  static let all =
    [1, 2, 10, 17].flatMap { [crossEntropy($0, 0, []), crossEntropy($0, 0.1, [])] }
    + [crossEntropy(3, 0, [0.5, 2, 1]), crossEntropy(3, 0.2, [0.5, 2, 1])]
    + [1, 2, 10].flatMap { [binary($0), squared($0)] }

  static func crossEntropy(_ classes: Int, _ smoothing: Float, _ weights: [Float]) -> LossCase {
    LossCase(name: "cross-entropy ε=\(smoothing) w=\(weights)", classes: classes) {
      softmaxCrossEntropyLoss(
        logits: $0, labels: $1, labelSmoothing: smoothing, classWeights: weights.span,
        losses: &$2, gradient: &$3)
    } reference: { logits, label in
      let logSum = log(logits.reduce(0) { $0 + exp($1) })
      let weight = weights.isEmpty ? 1 : Double(weights[label])
      return logits.enumerated().reduce(0) { total, entry in
        let hot = entry.offset == label ? 1 - Double(smoothing) : 0
        let target = hot + Double(smoothing) / Double(classes)
        return total + weight * target * (logSum - entry.element)
      }
    }
  }

  static func binary(_ classes: Int) -> LossCase {
    LossCase(name: "binary cross-entropy", classes: classes) {
      binaryCrossEntropyLoss(logits: $0, labels: $1, losses: &$2, gradient: &$3)
    } reference: { logits, label in
      logits.enumerated().reduce(0) { total, entry in
        let p = 1 / (1 + exp(-entry.element))
        let on = classes == 1 ? label == 1 : entry.offset == label
        return total - log(on ? p : 1 - p) / Double(classes)
      }
    }
  }

  static func squared(_ classes: Int) -> LossCase {
    LossCase(name: "squared error", classes: classes) {
      meanSquaredErrorLoss(logits: $0, labels: $1, losses: &$2, gradient: &$3)
    } reference: { logits, label in
      logits.enumerated().reduce(0) { total, entry in
        let target = classes == 1 ? Double(label) : entry.offset == label ? 1 : 0
        return total + pow(entry.element - target, 2) / Double(classes)
      }
    }
  }
}

@Suite struct LossTests {
  @Test(arguments: LossCase.all)
  func `losses and their gradients equal those of Double`(_ c: LossCase) {
    let samples = 5
    let logits = numbers(samples * c.classes, seed: 20).map { 4 * $0 }
    let binary = c.classes == 1 && !c.name.hasPrefix("cross")
    let labels = (0..<samples).map { Int32($0 % (binary ? 2 : c.classes)) }
    var (losses, gradient) = (unwritten(samples), unwritten(logits.count))
    var lossSpan = losses.mutableSpan
    var gradientSpan = gradient.mutableSpan
    c.kernel(logits.span, labels.span, &lossSpan, &gradientSpan)

    var (expected, slopes): ([Double], [Double]) = ([], [])
    for n in 0..<samples {
      let row = logits[n * c.classes..<(n + 1) * c.classes].map(Double.init)
      let label = Int(labels[n])
      expected.append(c.reference(row, label))
      for k in row.indices {
        var (above, below) = (row, row)
        above[k] += 1e-5
        below[k] -= 1e-5
        slopes.append(
          (c.reference(above, label) - c.reference(below, label)) / 2e-5 / Double(samples))
      }
    }
    expectClose(losses, expected, "losses")
    expectClose(gradient, slopes, tolerance: 2e-6, "gradient")
  }

  @Test(arguments: LossCase.all)
  func `large logits overflow nowhere`(_ c: LossCase) {
    guard !c.name.hasPrefix("squared") else { return }
    let logits = (0..<2 * c.classes).map { Float($0 % 2 == 0 ? 500 : -500) }
    let labels: [Int32] = [0, 0]
    var (losses, gradient) = (unwritten(2), unwritten(logits.count))
    var lossSpan = losses.mutableSpan
    var gradientSpan = gradient.mutableSpan
    c.kernel(logits.span, labels.span, &lossSpan, &gradientSpan)
    #expect((losses + gradient).filter(\.isFinite).count == 2 + logits.count)
  }

  @Test func `a single logit is right if its sign is that of the label`() {
    let logits: [Float] = [2, -1, 3, -4]
    let labels: [Int32] = [1, 1, 0, 0]
    #expect(countCorrect(logits: logits.span, labels: labels.span, first: 4) == 2)
    #expect(countCorrect(logits: logits.span, labels: labels.span, first: 1) == 1)
  }

  @Test func `the first of equal logits wins`() {
    let logits: [Float] = [1, 1, 0, 5, 7, 7]
    let labels: [Int32] = [0, 2]
    #expect(countCorrect(logits: logits.span, labels: labels.span, first: 2) == 1)
  }
}
