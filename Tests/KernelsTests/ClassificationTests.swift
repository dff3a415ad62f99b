import Kernels
import Testing

/// Which class logits speak for, and how sure they are.
@Suite struct ClassificationTests {
  @Test func `places are counted from the largest logit, equals in the order of classes`() {
    let logits: [Float] = [9, 9, 9, 9, 1, 4, 1, 3]
    let places = (0..<4).map { place(of: $0, logits: logits.span, sample: 1, classes: 4) }
    #expect(places == [2, 0, 3, 1])
    let single: [Float] = [-2]
    #expect((0..<2).map { place(of: $0, logits: single.span, sample: 0, classes: 1) } == [0, 1])
    let strange: [Float] = [.nan, 1, .nan]
    #expect(place(of: 0, logits: strange.span, sample: 0, classes: 3) == 0)
    #expect(place(of: 2, logits: strange.span, sample: 0, classes: 3) > 0)
  }

  @Test func `softmax sums to one, even of logits far from 0`() {
    for shift: Float in [0, 1000, -1000] {
      let logits: [Float] = [1 + shift, 2 + shift, 4 + shift]
      var scores = [Double](repeating: 7, count: 3)
      var target = scores.mutableSpan
      softmaxProbabilities(logits.span, into: &target)
      for (k, known) in [0.04201, 0.11420, 0.84380].enumerated() {
        #expect(abs(scores[k] - known) < 1e-5)
        let alone = softmaxProbability(of: k, logits: logits.span, sample: 0, classes: 3)
        #expect(abs(scores[k] - alone) < 1e-12)
      }
    }
  }
}
