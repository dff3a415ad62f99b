import Kernels
import Networks
import Storage
import Testing

/// Whole networks with fast convolutions beside the same networks with the reference.
@Suite struct FastNetworkTests {
  private static let networks = ["resnet20", "resnet18", "resnet50", "vgg11_bn", "mobilenet_v2"]

  @Test(arguments: networks)
  func `gradients agree within a thousandth of each tensor's largest value`(name: String) throws {
    // Norms over very few positions would magnify what they are given.
    let side = name == "mobilenet_v2" ? 96 : 32
    let network = try NetworkCatalogue.network(named: name, input: [side, side, 3], classes: 5)
    try expectAgreement(network, microBatch: 8, policies: [.fast, .exact])
  }

  @Test func `5×5 and strided convolutions agree in a network of large images`() throws {
    var network = Network(name: "large", input: [61, 45, 3])
    var x = try network.add(
      "stem", Conv2D(32, kernel: 7, stride: 2, padding: 3), network.images)
    x = try network.add("norm1", BatchNorm(), x)
    x = try network.add("five", Conv2D(48, kernel: 5, padding: 2), x)
    x = try network.add("norm2", BatchNorm(), x)
    x = try network.add("valid", Conv2D(20, kernel: 5), x)
    x = try network.add("down", Conv2D(36, kernel: 3, stride: 2, padding: 1), x)
    x = try network.add("norm3", BatchNorm(), x)
    x = try network.add("pool", GlobalAveragePool2D(), x)
    _ = try network.add("fc", Dense(5), x)
    try expectAgreement(network, microBatch: 3, policies: [.fast, .exact])
  }

  /// Both passes see the same parameters; biases of norms keep activations away from their kinks,
  /// where a rounding error decides whether a gradient passes.
  private func expectAgreement(
    _ network: Network, microBatch: Int, policies: [Convolution.Policy]
  ) throws {
    var runs: [(loss: Double, gradients: [Float])] = []
    var layout = ParameterLayout?.none
    for policy in policies {
      var trial = Trial(
        policy == .exact ? network.exact : network, loss: .softmaxCrossEntropy(),
        microBatch: microBatch)
      for tensor in trial.model.layout.tensors where tensor.name.contains("bias") {
        for i in tensor.range { trial.parameters[i] = 3 }
      }
      for tensor in trial.model.layout.tensors where tensor.specification.role == .scale {
        for i in tensor.range { trial.parameters[i] = 0.5 }
      }
      let loss = trial.forward().mean
      trial.backward()
      runs.append((loss, trial.gradients))
      layout = trial.model.layout
    }
    #expect(abs(runs[0].loss - runs[1].loss) <= 1e-4 * runs[1].loss)
    #expect(runs[0].gradients != runs[1].gradients, "both took the same way")
    // Where no activation is clipped, the next norm takes a bias out again: its gradient is 0 but
    // for rounding, and counts beside the others only.
    let floor = 1e-3 * (runs[1].gradients.lazy.filter(\.isFinite).map(abs).max() ?? 0)
    for tensor in try #require(layout).tensors where tensor.specification.role.isLearned {
      let (fast, exact) = (runs[0].gradients[tensor.range], runs[1].gradients[tensor.range])
      let largest = max(exact.map(abs).max() ?? 0, floor)
      let error = zip(fast, exact).map { abs($0 - $1) }.max() ?? 1
      #expect(floor > 0 && error <= 1e-3 * largest, "\(tensor.name): \(error) of \(largest)")
    }
  }
}
