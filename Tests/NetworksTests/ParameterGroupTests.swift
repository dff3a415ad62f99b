import Networks
import Storage
import Testing

struct ParameterGroupTests {
  @Test func `frozen tensors stay under every method`() throws {
    for method in OptimizerMethod.all {
      var run = try OptimizerRun(
        OptimizerSettings(method, weightDecay: 0.1), groups: [ParameterGroup("a", frozen: true)])
      let before = (run.values("a.weight"), run.values("a.bias"), run.values("b.weight"))
      for _ in 0..<3 { run.step(rate: 0.1) }
      #expect(run.values("a.weight") == before.0, "\(method.name)")
      #expect(run.values("a.bias") == before.1, "\(method.name)")
      #expect(run.values("b.weight") != before.2, "\(method.name)")
    }
  }

  @Test func `a rate factor is a smaller rate`() throws {
    for method in OptimizerMethod.all {
      let settings = OptimizerSettings(method, weightDecay: 0.1)
      var grouped = try OptimizerRun(settings, groups: [ParameterGroup("b", rateFactor: 0.25)])
      var slow = try OptimizerRun(settings)
      var plain = try OptimizerRun(settings)
      for _ in 0..<3 {
        grouped.step(rate: 0.125)
        slow.step(rate: 0.03125)
        plain.step(rate: 0.125)
      }
      #expect(grouped.values("b.weight") == slow.values("b.weight"), "\(method.name)")
      #expect(grouped.values("a.weight") == plain.values("a.weight"), "\(method.name)")
    }
  }

  @Test func `the first group that contains a tensor counts`() throws {
    let settings = OptimizerSettings(.sgd(momentum: 0), weightDecay: 0.1)
    var run = try OptimizerRun(
      settings,
      groups: [ParameterGroup("a.weight", weightDecay: 0), ParameterGroup("a", frozen: true)])
    var plain = try OptimizerRun(OptimizerSettings(.sgd(momentum: 0)))
    let bias = run.values("a.bias")
    run.step(rate: 0.1)
    plain.step(rate: 0.1)
    #expect(run.values("a.weight") == plain.values("a.weight"))
    #expect(run.values("a.bias") == bias)
  }

  @Test func `only what learns counts in the gradient's norm`() throws {
    let layout = try OptimizerRun.layout()
    let optimizer = try Optimizer(
      OptimizerSettings(.sgd()), layout: layout, groups: [ParameterGroup("a", frozen: true)])
    for (index, block) in layout.blocks.enumerated() {
      let tensor = layout.tensors[block.tensor]
      let learns = tensor.specification.role.isLearned && !tensor.name.hasPrefix("a.")
      #expect(optimizer.learns(block: index) == learns, "\(tensor.name)")
    }
  }

  @Test func `a pattern ends at a dot`() {
    #expect(ParameterGroup("layer1").contains("layer1.0.conv1.weight"))
    #expect(!ParameterGroup("layer1").contains("layer10.0.conv1.weight"))
    #expect(ParameterGroup("a.weight").contains("a.weight"))
    #expect(ParameterGroup("").contains("anything"))
  }

  @Test func `a group that contains nothing names the nearest`() throws {
    let layout = try OptimizerRun.layout()
    let message = "parameter group a.wieght: no tensor's name begins so; did you mean a.weight?"
    #expect(throws: NetworkError(message)) {
      try Optimizer(
        OptimizerSettings(.sgd()), layout: layout, groups: [ParameterGroup("a.wieght")])
    }
    #expect(throws: NetworkError("all parameters are frozen: nothing is left to learn")) {
      try Optimizer(
        OptimizerSettings(.sgd()), layout: layout, groups: [ParameterGroup("", frozen: true)])
    }
  }
}
