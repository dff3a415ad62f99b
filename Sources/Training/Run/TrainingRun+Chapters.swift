import Collectives
import Datasets
import Networks
import Storage

// The chapters of the loop that take more than a line.

extension TrainingRun {
  /// The learning rate of a step.
  func rate(at step: Int) -> Double {
    schedule.rate(at: step) * coordinator.decisions.rateFactor
      * setbacks.rateFactor(recipe.divergence?.factor ?? 1)
  }

  /// Each owner updates its slice, and makes it known.
  mutating func update(_ totals: ReductionTotals, at step: Int) throws {
    if histograms.isDue(after: step) { try recordHistograms(after: step) }
    reducer.progress.enter(.updating)
    try updater.update(
      reducer, totals, rate: rate(at: step), step: step, sealing: verification.isEver)
    try reducer.publish()
  }

  /// Evaluates on all there is, and lets the coordinator know; `decides` if the plan asks for it.
  mutating func evaluate(after step: Int, decides: Bool = true) throws {
    let reducer = self.reducer
    coordinator.pause()
    defer { coordinator.goOn() }
    reducer.progress.enter(.evaluating)
    if let number = updater.averageNumber { try reducer.collectState(number, into: &weightAverage) }
    for set in evaluator.sets {
      let result =
        updater.averageNumber == nil
        ? try model.evaluate(
          on: set, parameters: reducer.parameters, version: .after(step + 1), in: world,
          noting: reducer.progress)
        : try model.evaluate(
          on: set, average: weightAverage, version: .average(after: step + 1), in: world,
          noting: reducer.progress)
      coordinator.record(result, on: set.name, after: step, decides: decides)
    }
  }

  /// Hands the state of the run after a step to the coordinator, which alone has all of it.
  mutating func save(after step: Int) throws {
    reducer.progress.enter(.saving)
    // What is damaged is not saved.
    try requireIntact(reducer.findDamage(), after: step)
    var states: [Checkpoint.State] = []
    for (number, name) in updater.stateNames.enumerated() {
      let values = try reducer.withState(number) { Array(copying: $0) }
      states.append(Checkpoint.State(name: name, values: values ?? []))
    }
    let (reducer, recipe, preprocessing) = (self.reducer, self.recipe, self.preprocessing)
    let control = setbacks.control(recipe.nonFinite)
      .merging(coordinator.decisions.control) { $1 }.merging(try sumOfLeftOutSamples()) { $1 }
    let checkpoint = coordinator.save(after: step) {
      Checkpoint(
        step: step + 1, recipe: recipe.canonicalText(), classNames: preprocessing.classNames,
        means: preprocessing.means, deviations: preprocessing.deviations,
        parameters: Array(copying: reducer.parameters), states: states, control: control)
    }
    if recipe.anchoring.isDue(after: step) {
      anchor = Anchor(step: step + 1, control: control, checkpoint: checkpoint)
    }
  }
}
