import Networks
import Storage

/// Flat arrays of a small network and an optimizer that walks over their blocks.
struct OptimizerRun {
  let optimizer: Optimizer
  let layout: ParameterLayout
  var parameters: [Float]
  var gradient: [Float]
  var first: [Float]
  var second: [Float]
  var average: [Float]
  private var steps = 0

  /// Two dense layers of 70·60 and 60·2 weights: the first takes two blocks.
  static func layout() throws -> ParameterLayout {
    var network = Network(name: "two layers", input: [70])
    let a = try network.add("a", Dense(60), network.images)
    _ = try network.add("b", Dense(2), a)
    return network.parameterLayout().layout
  }

  init(
    _ settings: OptimizerSettings, layout: ParameterLayout? = nil, groups: [ParameterGroup] = []
  ) throws {
    let layout = try layout ?? Self.layout()
    self.layout = layout
    optimizer = try Optimizer(settings, layout: layout, groups: groups)
    parameters = Array(repeating: 0, count: layout.count)
    for tensor in layout.tensors {
      parameters.replaceSubrange(
        tensor.range, with: GoldenValues.uniform(tensor.name, tensor.range.count, bound: 0.5))
    }
    gradient = Array(repeating: 0, count: layout.count)
    let states = optimizer.stateNames.count
    first = Array(repeating: 0, count: states > 0 ? layout.count : 0)
    second = Array(repeating: 0, count: states > 1 ? layout.count : 0)
    average = parameters
  }

  /// The elements of a tensor.
  func values(_ name: String) -> [Float] {
    let tensor = layout.tensors.first { $0.name == name }
    return tensor.map { Array(parameters[$0.range]) } ?? []
  }

  /// Takes a step with gradients made of the tensors' names and the step's number.
  mutating func step(rate: Double, gradientScale: Float = 1) {
    steps += 1
    for tensor in layout.tensors {
      let values = GoldenValues.uniform("\(tensor.name)@\(steps)", tensor.range.count, bound: 0.25)
      gradient.replaceSubrange(tensor.range, with: values)
    }
    let step = optimizer.step(steps, rate: rate, gradientScale: gradientScale)
    if optimizer.tensorNorms == .none { update(step) } else { updateWithNorms(step) }
  }

  private mutating func update(_ step: OptimizerStep) {
    // Local copies: members of one value cannot be written at the same time.
    var parameters = self.parameters
    var first = self.first
    var second = self.second
    for (index, block) in layout.blocks.enumerated() {
      var p = parameters.mutableSpan
      var s1 = first.mutableSpan
      var s2 = second.mutableSpan
      var part = p.slice(block.range)
      var one = s1.slice(s1.isEmpty ? 0..<0 : block.range)
      var two = s2.slice(s2.isEmpty ? 0..<0 : block.range)
      optimizer.update(
        block: index, parameters: &part, gradient: gradient.span.extracting(block.range),
        first: &one, second: &two, at: step)
    }
    self.parameters = parameters
    self.first = first
    self.second = second
  }

  private mutating func updateWithNorms(_ step: OptimizerStep) {
    // Local copies: members of one value cannot be written at the same time.
    var parameters = self.parameters
    var gradient = self.gradient
    var first = self.first
    var second = self.second
    var sums: [Double] = []
    for (index, block) in layout.blocks.enumerated() {
      var g = gradient.mutableSpan
      var s1 = first.mutableSpan
      var s2 = second.mutableSpan
      var direction = g.slice(block.range)
      var one = s1.slice(block.range)
      var two = s2.slice(s2.isEmpty ? 0..<0 : block.range)
      let block = optimizer.prepare(
        block: index, parameters: parameters.span.extracting(block.range), gradient: &direction,
        first: &one, second: &two, at: step)
      sums += [block.parameters, block.direction]
    }
    var norms = Array(repeating: 0.0, count: 2 * layout.tensors.count)
    var normSpan = norms.mutableSpan
    optimizer.reduceTensorNorms(of: sums.span, into: &normSpan)
    for (index, block) in layout.blocks.enumerated() {
      var p = parameters.mutableSpan
      var s1 = first.mutableSpan
      var part = p.slice(block.range)
      var one = s1.slice(block.range)
      optimizer.apply(
        block: index, parameters: &part, direction: gradient.span.extracting(block.range),
        first: &one, norms: norms.span, at: step)
    }
    self.parameters = parameters
    self.gradient = gradient
    self.first = first
    self.second = second
  }

  /// Moves the average towards the parameters.
  mutating func updateAverage(decay: Double) {
    // Local copies: members of one value cannot be written at the same time.
    var average = self.average
    for (index, block) in layout.blocks.enumerated() {
      var a = average.mutableSpan
      var part = a.slice(block.range)
      optimizer.updateAverage(
        block: index, average: &part, parameters: parameters.span.extracting(block.range),
        decay: decay)
    }
    self.average = average
  }
}
