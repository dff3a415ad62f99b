import Collectives
import Networks
import Storage

/// Training steps on made-up images: what `TrainingRun` does, without what is due now and then.
struct BenchmarkedTraining: ~Copyable {
  let reducer: Reducer
  private let world: World
  private let rate: Double
  private var model: Model
  private var updater: Updater
  private let images: SyntheticImages
  private var step = 0

  /// Allocates all that a step needs, on all ranks of `world` together.
  init(_ recipe: Recipe, _ plan: Plan, in world: World) throws {
    let micro = recipe.batch.micro
    let loss = try recipe.makeLoss()
    let model = Model(try recipe.makeNetwork(), loss: loss, microBatch: micro, seed: recipe.seed)
    let optimizer = try recipe.makeOptimizer(model.layout)
    let updater = Updater(optimizer, recipe.update, layout: model.layout)
    let reducer = try Reducer(
      updater.reductionLayout(model.layout, microBatches: recipe.batch.microBatches),
      in: world, transport: plan.run.transport)
    try reducer.begin(
      model.layout, seed: recipe.seed, stateNames: updater.stateNames,
      averageNumber: updater.averageNumber, from: nil)
    let shape = Shape(recipe.data.shape)
    // Eight batches of small images, two of large ones, as the peer has.
    let batches = shape.positions < 100 * 100 ? 8 : 2
    images = SyntheticImages(
      shape: shape, classes: recipe.data.classes, microBatch: micro,
      microBatches: batches * reducer.microBatches.count, rank: world.rank)
    rate = recipe.optimizer.lr
    self.reducer = reducer
    self.world = world
    self.model = model
    self.updater = updater
  }

  /// Trains one step, on all ranks together.
  mutating func takeStep() throws {
    let (reducer, images) = (self.reducer, self.images)
    for microBatch in reducer.microBatches {
      let loss = model.forward(
        images: images.currentImages, labels: images.currentLabels,
        identities: images.currentIdentities, parameters: reducer.parameters,
        version: .after(step), mode: .training)
      var leaf = reducer.leaf(microBatch)
      model.backward(parameters: reducer.parameters, into: &leaf) { reducer.advance(from: $0) }
      reducer.record(loss: loss.mean, correct: loss.correct, microBatch: microBatch)
      images.advance()
    }
    let totals = try reducer.reduce()
    try updater.update(reducer, totals, rate: rate, step: step)
    try reducer.publish()
    step += 1
  }

  /// Trains one step and adds to `times` what its parts took; two barriers make waiting visible.
  mutating func profileStep(_ times: inout StepTimes) throws {
    let (reducer, images) = (self.reducer, self.images)
    for microBatch in reducer.microBatches {
      var lap = Lap()
      var leaf = reducer.leaf(microBatch)
      times.reduction += lap.next()
      let loss = model.profile(
        images: images.currentImages, labels: images.currentLabels,
        identities: images.currentIdentities, parameters: reducer.parameters,
        version: .after(step), into: &leaf, times: &times.layers)
      reducer.record(loss: loss.mean, correct: loss.correct, microBatch: microBatch)
      images.advance()
    }
    var lap = Lap()
    try world.barrier()
    times.waiting += lap.next()
    let totals = try reducer.reduce()
    times.reduction += lap.next()
    try updater.update(reducer, totals, rate: rate, step: step)
    times.update += lap.next()
    try world.barrier()
    times.waiting += lap.next()
    try reducer.publish()
    times.publish += lap.next()
    step += 1
  }
}
