import Collectives
import Datasets
import Kernels
import Networks
import Storage

// Everything between the command line and the first step, in order.

extension TrainCommand {
  /// Makes the run ready, on all ranks of `world` together, from plan to restored state.
  func prepare(in world: World) throws -> TrainingRun {
    try requireEqualMachines(in: world)
    let plan = try agreedPlan(in: world)
    let data = try world.together { try TrainingData(plan, seed: plan.seed) }
    try data.verify(in: world)
    let recipe = Recipe(plan, data: data.description)
    try world.together { try requireShares(recipe, among: world.size) }
    let network = try world.together { try fittingNetwork(recipe, ranks: world.ranksOnNode) }
    let model = Model(
      network, loss: try world.together { try recipe.makeLoss() },
      microBatch: recipe.batch.micro, seed: recipe.seed)
    let optimizer = try world.together { try recipe.makeOptimizer(model.layout) }
    let schedule = try world.together { try recipe.makeSchedule() }
    let folder = RunFolder(named: run, planName: planName, recipe: recipe)
    let checkpoint = try restored(from: folder, recipe, plan, in: world)
    let updater = Updater(optimizer, recipe.update, layout: model.layout)
    let reducer = try Reducer(
      Updater.reductionLayout(
        optimizer, recipe.update, layout: model.layout, microBatches: recipe.batch.microBatches),
      in: world, transport: plan.run.transport)
    try reducer.begin(
      model.layout, seed: recipe.seed, stateNames: updater.stateNames,
      averageNumber: updater.averageNumber, from: checkpoint.whole)
    let coordinator = try world.together {
      try Coordinator(
        world, recipe: recipe, folder: folder, layout: model.layout,
        checkpoints: plan.checkpoint, from: checkpoint.position)
    }
    announce(recipe, model.layout, reducer, checkpoint, coordinator)
    if let complaint = try world.complaintAboutCores() { coordinator.complain(complaint) }
    let averages = updater.averageNumber != nil
    let (samples, batch) = (data.description.samples, recipe.batch.global)
    return TrainingRun(
      world: world, recipe: recipe, schedule: schedule,
      firstStep: checkpoint.position.step,
      lastStep: min(recipe.steps, max(stopAfter ?? recipe.steps, checkpoint.position.step)),
      logging: plan.run.log.recurrence(samples: samples, batch: batch),
      evaluation: plan.evaluation.every.recurrence(samples: samples, batch: batch),
      checkpointing: plan.checkpoint.every.recurrence(samples: samples, batch: batch),
      preprocessing: Preprocessing(data.dataset), reducer: reducer, coordinator: coordinator,
      model: model, samples: data.reader(recipe.batch, in: world), updater: updater,
      evaluator: data.evaluator(microBatch: recipe.batch.micro, in: world),
      weightAverage: AlignedArray(count: averages ? reducer.layout.count : 0))
  }

  /// Bits depend on the kind of CPU: a mixture is refused unless it is allowed.
  private func requireEqualMachines(in world: World) throws {
    let machine = Machine.description()
    guard let other = try world.firstRankDiffering(on: machine), !allowsMixedMachines else {
      return
    }
    throw AgreedError(
      exitCode: .usage,
      message: "rank \(other) runs on another kind of CPU than rank 0 (\(machine)), so bits would "
        + "depend on the number of ranks; use equal nodes, or --allow-mixed-cpus")
  }

  /// The plan that the root reads; every rank decodes the same text.
  private func agreedPlan(in world: World) throws -> Plan {
    let text = try world.fromRoot { try planSource().plan().yaml() }
    return try world.together { try PlanSource(text: text, name: "the resolved plan").plan() }
  }

  private func requireShares(_ recipe: Recipe, among ranks: Int) throws {
    let microBatches = recipe.batch.microBatches
    guard ranks > microBatches else { return }
    let global = recipe.batch.global
    let micro = (1...max(1, global / ranks)).last { global % $0 == 0 } ?? 1
    throw PlanError(
      ranks > global
        ? "\(ranks) ranks cannot share a batch of \(global) samples; start at most \(global)"
        : "\(ranks) ranks cannot share \(microBatches) micro-batches of "
          + "\(recipe.batch.micro) samples; use --set batch.micro=\(micro), or fewer ranks")
  }

  /// The network, if this machine's ranks have memory for its activations.
  ///
  /// What is not there would end in a crash, or in the kernel killing what it likes.
  private func fittingNetwork(_ recipe: Recipe, ranks: Int) throws -> Network {
    let network = try recipe.makeNetwork()
    let micro = recipe.batch.micro
    let needed = Model.memoryBytes(of: network, microBatch: micro)
    guard needed > Machine.memoryBytes / ranks else { return network }
    throw PlanError(
      "a micro-batch of \(micro) samples takes \(needed >> 20) MB, \(ranks) ranks share "
        + "\(Machine.memoryBytes >> 20) MB of memory; set a smaller batch.micro")
  }

  private func announce(
    _ recipe: Recipe, _ layout: ParameterLayout, _ reducer: Reducer, _ start: Restored,
    _ coordinator: Coordinator
  ) {
    coordinator.say(
      "\(recipe.network.name): \(layout.learnedCount) parameters · \(recipe.data.samples) images "
        + "\(Shape(recipe.data.shape)), \(recipe.data.classes) classes · batch "
        + "\(recipe.batch.global) in \(recipe.batch.microBatches) micro-batches · \(recipe.steps) "
        + "steps · \(reducer.tree.shares.count) ranks, \(reducer.transportInUse.rawValue)")
    for complaint in start.complaints { coordinator.complain(complaint) }
    if let note = reducer.note { coordinator.complain(note) }
    if start.position.step > 0 { coordinator.say("resuming after step \(start.position.step)") }
  }
}
