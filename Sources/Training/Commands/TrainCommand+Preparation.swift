import Collectives
import Datasets
import Journal
import Kernels
import Networks
import Storage

// Everything between the command line and the first step, in order.

/// What all ranks agree on before anything is built.
struct Agreed {
  let plan: Plan
  let data: TrainingData
  let recipe: Recipe

  /// When something repeated at an interval of the plan is due.
  func recurrence(_ interval: Interval) -> Recurrence {
    interval.recurrence(samples: data.description.samples, batch: recipe.batch.global)
  }
}

extension TrainCommand {
  /// Makes the run ready, on all ranks of `world` together, from plan to restored state.
  func prepare(in world: World) throws -> TrainingRun {
    let agreed = try agree(in: world)
    let recipe = agreed.recipe
    let (network, loss) = try world.together { try fitting(recipe, ranks: world.ranksOnNode) }
    let model = Model(network, loss: loss, microBatch: recipe.batch.micro, seed: recipe.seed)
    let optimizer = try world.together { try recipe.makeOptimizer(model.layout) }
    let schedule = try world.together { try recipe.makeSchedule() }
    let folder = RunFolder(named: run, planName: planName, recipe: recipe)
    let start = try restored(from: folder, recipe, agreed.plan, in: world)
    let updater = Updater(optimizer, recipe.update, layout: model.layout)
    let reducer = try Reducer(
      updater.reductionLayout(model.layout, microBatches: recipe.batch.microBatches),
      in: world, transport: agreed.plan.run.transport,
      progress: StepProgress(on: try ProgressBoard(in: world)))
    try reducer.begin(
      model.layout, seed: recipe.seed, stateNames: updater.stateNames,
      averageNumber: updater.averageNumber, from: start.whole)
    if agreed.plan.run.verify.count > 0 { reducer.sealAll() }
    let anchor = try self.anchor(of: start, folder, recipe, in: world)
    let hosts = try world.hostNames()
    let coordinator = try world.together {
      try Coordinator(
        world, recipe: recipe, folder: folder, layout: model.layout,
        arrays: 1 + updater.stateNames.count, hosts: hosts, checkpoints: agreed.plan.checkpoint,
        logging: agreed.recurrence(agreed.plan.run.log),
        from: start)
    }
    announce(recipe, model.layout, reducer, start, coordinator)
    coordinator.showSamples(of: agreed.data, recipe, before: start.position.step)
    if let complaint = try world.complaintAboutCores() { coordinator.complain(complaint) }
    let readsAhead = agreed.plan.run.reading.isAhead(
      ranks: world.ranksOnNode, cores: try world.coresToShare())
    let readers = SampleReaders(
      data: agreed.data, batch: recipe.batch, augmentation: try recipe.makeAugmentation(),
      share: reducer.microBatches, ahead: readsAhead)
    let averaged = updater.averageNumber == nil ? 0 : reducer.layout.count
    return TrainingRun(
      world: world, recipe: recipe, schedule: schedule, firstStep: start.position.step,
      lastStep: coordinator.decisions.reasonToStop != nil
        ? start.position.step
        : min(recipe.steps, max(stopAfter ?? recipe.steps, start.position.step)),
      histograms: agreed.recurrence(agreed.plan.run.histograms),
      evaluation: agreed.recurrence(agreed.plan.evaluation.every),
      checkpointing: agreed.recurrence(agreed.plan.checkpoint.every),
      verification: agreed.recurrence(agreed.plan.run.verify),
      preprocessing: Preprocessing(agreed.data.dataset), hosts: hosts, reducer: reducer,
      coordinator: coordinator,
      watchdog: Watchdog(
        Watchdog.Post(
          board: reducer.progress.board, host: world.hostName, nodeCount: world.nodeCount,
          metrics: folder.files.metrics,
          lifeSign: world.isRoot ? LifeSignFile(folder.lifeSign) : nil),
        limits: StallLimits(planned: agreed.plan.run.watchdog)),
      model: model,
      data: agreed.data, readers: readers,
      samples: readers.reader(from: start.position.step, after: start.whole),
      leavesOut: recipe.onDamaged == .skip ? agreed.data.training : nil,
      updater: updater,
      evaluator: agreed.data.evaluator(
        try recipe.makeViews(), microBatch: recipe.batch.micro, in: world),
      setbacks: Setbacks(start.position.control), anchor: anchor,
      weightAverage: AlignedArray(count: averaged))
  }

  /// Reads the plan on the root, opens the data on every rank, and decides the recipe.
  func agree(in world: World) throws -> Agreed {
    try requireEqualMachines(in: world)
    let text = try world.fromRoot { try planSource().plan().yaml() }
    let plan = try world.together { try PlanSource(text: text, name: "the resolved plan").plan() }
    let data = try world.together { try TrainingData(plan, seed: plan.seed) }
    let recipe = Recipe(plan, data: data.description)
    try world.together { try requireShares(recipe, among: world.size) }
    return Agreed(plan: plan, data: data, recipe: recipe)
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

  /// Network and loss, if this machine's ranks have memory for the activations.
  ///
  /// What is not there would end in a crash, or in the kernel killing what it likes.
  func fitting(_ recipe: Recipe, ranks: Int) throws -> (Network, Loss) {
    let network = try recipe.makeNetwork()
    let micro = recipe.batch.micro
    let needed = Model.memoryBytes(of: network, microBatch: micro)
    guard needed <= Machine.memoryBytes / ranks else {
      throw PlanError(
        "a micro-batch of \(micro) samples takes \(needed >> 20) MB, \(ranks) ranks share "
          + "\(Machine.memoryBytes >> 20) MB of memory; set a smaller batch.micro")
    }
    return (network, try recipe.makeLoss())
  }

  /// What is trained, in one line.
  static func summary(_ recipe: Recipe, _ layout: ParameterLayout, _ reducer: Reducer) -> String {
    "\(recipe.network.name): \(layout.learnedCount) parameters · \(recipe.data.samples) images "
      + "\(Shape(recipe.data.shape)), \(recipe.data.classes) classes · batch "
      + "\(recipe.batch.global) in \(recipe.batch.microBatches) micro-batches · \(recipe.steps) "
      + "steps · \(counted(reducer.tree.shares.count, "rank")), "
      + reducer.transportInUse.rawValue
  }

  private func announce(
    _ recipe: Recipe, _ layout: ParameterLayout, _ reducer: Reducer, _ start: Restored,
    _ coordinator: Coordinator
  ) {
    coordinator.say(Self.summary(recipe, layout, reducer))
    for complaint in start.complaints { coordinator.complain(complaint) }
    if let note = reducer.note { coordinator.complain(note) }
    if start.position.step > 0 { coordinator.say("resuming after step \(start.position.step)") }
  }
}
