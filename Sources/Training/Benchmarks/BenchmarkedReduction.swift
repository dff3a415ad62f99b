import Collectives
import Networks
import Storage

/// Steps without layers: one gradient a rank, reduced, applied by SGD with momentum, published.
///
/// The gradients are whatever the step before left in their buffers: writing them is a layer's work.
struct BenchmarkedReduction: ~Copyable {
  let reducer: Reducer
  private var updater: Updater
  private var step = 0

  /// What is known before ranks meet.
  struct Parts {
    let recipe: Recipe
    let layout: ParameterLayout
    let optimizer: Optimizer
  }

  /// One tensor of `count` elements and how it is updated.
  static func prepare(_ count: Int) throws -> Parts {
    var network = Network(name: "one tensor", input: [count])
    _ = try network.add("tensor", Dense(1, bias: false), network.images)
    let layout = network.parameterLayout().layout
    let recipe = try BenchmarkCase.all[0].recipe(
      globalBatch: 1, microBatch: 1, transport: "automatic", assignments: []
    ).recipe
    return Parts(recipe: recipe, layout: layout, optimizer: try recipe.makeOptimizer(layout))
  }

  /// Allocates all that a step needs, on all ranks of `world` together.
  init(_ parts: Parts, _ transport: TransportChoice, in world: World) throws {
    let updater = Updater(parts.optimizer, parts.recipe.update, layout: parts.layout)
    let reducer = try Reducer(
      updater.reductionLayout(parts.layout, microBatches: world.size),
      in: world, transport: transport)
    try reducer.begin(
      parts.layout, seed: 1, stateNames: updater.stateNames, averageNumber: nil, from: nil)
    for microBatch in reducer.microBatches {
      var leaf = reducer.leaf(microBatch)
      for index in 0..<leaf.count { leaf[index] = Float(index % 7) - 3 }
      reducer.record(loss: 0, correct: 0, microBatch: microBatch)
    }
    _ = try reducer.reduce()
    try reducer.publish()
    self.reducer = reducer
    self.updater = updater
  }

  /// Reduces, updates and publishes once, on all ranks together.
  mutating func takeStep() throws {
    let reducer = self.reducer
    for microBatch in reducer.microBatches {
      _ = reducer.leaf(microBatch)
      reducer.record(loss: 0, correct: 0, microBatch: microBatch)
    }
    let totals = try reducer.reduce()
    try updater.update(reducer, totals, rate: 0.01, step: step)
    try reducer.publish()
    step += 1
  }
}
