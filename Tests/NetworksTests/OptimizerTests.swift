import Foundation
import Networks
import Storage
import Testing

/// Parameters after each step of an optimizer, by PyTorch (LARS and LAMB: by the papers).
private struct Trajectories: Decodable {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let method: String
    let settings: [String: Double]
    let weightDecay: Double
    let decayAll: Bool
    let gradientScale: Float
    let rates: [Double]
    let steps: [[String: [Float]]]
    var testDescription: String { name }
  }

  let samples: Int
  let cases: [Case]

  static let golden = Result { try GoldenValues.decode(Trajectories.self, from: "optimizers.json") }
}

extension Trajectories.Case {
  fileprivate func optimizerMethod() throws -> OptimizerMethod {
    func value(_ key: String) throws -> Double { try #require(settings[key]) }
    switch method {
    case "sgd":
      return try .sgd(momentum: value("momentum"), nesterov: value("nesterov") == 1)
    case "adam":
      return try .adam(
        beta1: value("beta1"), beta2: value("beta2"), epsilon: value("epsilon"))
    case "adamw":
      return try .adamW(
        beta1: value("beta1"), beta2: value("beta2"), epsilon: value("epsilon"))
    case "rmsprop":
      return try .rmsProp(
        smoothing: value("smoothing"), epsilon: value("epsilon"), momentum: value("momentum"))
    case "lars":
      return try .lars(momentum: value("momentum"), coefficient: value("coefficient"))
    default:
      return try .lamb(
        beta1: value("beta1"), beta2: value("beta2"), epsilon: value("epsilon"))
    }
  }
}

struct OptimizerTests {
  @Test func `every optimizer follows PyTorch for six steps`() throws {
    let golden = try Trajectories.golden.get()
    #expect(golden.cases.count == 15)
    for example in golden.cases {
      let settings = try OptimizerSettings(
        example.optimizerMethod(), weightDecay: example.weightDecay, decayAll: example.decayAll)
      var run = try OptimizerRun(settings)
      for (expected, rate) in zip(example.steps, example.rates) {
        run.step(rate: rate, gradientScale: example.gradientScale)
        for (name, numbers) in expected {
          let values = run.values(name)
          let indices = GoldenValues.sample(values.count, golden.samples)
          #expect(indices.count == numbers.count)
          for (index, number) in zip(indices, numbers) {
            let error = abs(values[index] - number)
            #expect(error < 2e-6, "\(example.name): \(name)[\(index)] off by \(error)")
          }
        }
      }
    }
  }

  @Test func `padding stays zero under every method`() throws {
    for method in OptimizerMethod.all {
      var run = try OptimizerRun(
        OptimizerSettings(method, weightDecay: 0.1, decayAll: true))
      for _ in 0..<3 { run.step(rate: 0.1) }
      for (tensor, next) in zip(run.layout.tensors, run.layout.tensors.dropFirst()) {
        for i in tensor.range.upperBound..<next.range.lowerBound {
          #expect(run.parameters[i] == 0, "\(method.name)")
        }
      }
      let finite = run.parameters.allSatisfy { $0.isFinite }
      #expect(finite)
    }
  }

  @Test func `decay leaves biases out unless told otherwise`() throws {
    var none = try OptimizerRun(OptimizerSettings(.adamW()))
    var some = try OptimizerRun(OptimizerSettings(.adamW(), weightDecay: 0.5))
    var all = try OptimizerRun(OptimizerSettings(.adamW(), weightDecay: 0.5, decayAll: true))
    none.step(rate: 0.01)
    some.step(rate: 0.01)
    all.step(rate: 0.01)
    #expect(none.values("a.bias") == some.values("a.bias"))
    #expect(none.values("a.weight") != some.values("a.weight"))
    #expect(some.values("a.weight") == all.values("a.weight"))
    #expect(some.values("a.bias") != all.values("a.bias"))
  }

  @Test func `the average follows the parameters and begins as they do`() throws {
    var run = try OptimizerRun(
      OptimizerSettings(.sgd()), groups: [ParameterGroup("b", frozen: true)])
    var expected = run.parameters.map(Double.init)
    for _ in 0..<4 {
      run.step(rate: 0.1)
      run.updateAverage(decay: 0.9)
      for i in expected.indices {
        expected[i] = 0.9 * expected[i] + 0.1 * Double(run.parameters[i])
      }
    }
    for i in expected.indices { #expect(abs(expected[i] - Double(run.average[i])) < 1e-6) }
    let frozen = run.layout.tensors.filter { $0.name.hasPrefix("b.") }
    for tensor in frozen { #expect(run.average[tensor.range] == run.parameters[tensor.range]) }
  }

  @Test func `clipping scales only what is longer than the limit`() {
    #expect(gradientClip(norm: 10, limit: nil) == 1)
    #expect(gradientClip(norm: 0.5, limit: 1) == 1)
    #expect(gradientClip(norm: 0, limit: 1) == 1)
    #expect(abs(gradientClip(norm: 4, limit: 1) - 0.25) < 1e-6)
  }

  @Test func `settings without sense are refused`() throws {
    let layout = try OptimizerRun.layout()
    let faulty: [(OptimizerSettings, String)] = [
      (OptimizerSettings(.sgd(momentum: 1)), "optimizer sgd: momentum 1.0 is not in 0 ..< 1"),
      (OptimizerSettings(.adam(epsilon: 0)), "optimizer adam: epsilon 0.0 is not above 0"),
      (
        OptimizerSettings(.sgd(momentum: 0, nesterov: true)),
        "optimizer sgd: nesterov needs a momentum above 0"
      ),
      (OptimizerSettings(.lamb(), weightDecay: -1), "weight decay -1.0 is negative or not finite"),
    ]
    for (settings, message) in faulty {
      #expect(throws: NetworkError(message)) { try Optimizer(settings, layout: layout) }
    }
  }
}
