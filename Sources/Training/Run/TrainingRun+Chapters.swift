import Collectives
import Datasets
import Networks
import Storage

// The chapters of the loop that take more than a line.

extension TrainingRun {
  /// Ends the run, on all ranks at the same step, if the loss or a gradient is not finite.
  func requireFinite(_ totals: ReductionTotals, at step: Int) throws {
    if totals.isFinite { return }
    let place =
      totals.firstNonFiniteMicroBatch.map { "micro-batch \($0)" } ?? "the sum of gradients"
    throw AgreedError(
      exitCode: .badData,
      message: "step \(step + 1): the loss or its gradient is not finite in \(place); lower "
        + "optimizer.lr or set update.clip; the newest checkpoint is untouched")
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
  func save(after step: Int) throws {
    reducer.progress.enter(.saving)
    var states: [Checkpoint.State] = []
    for (number, name) in updater.stateNames.enumerated() {
      let values = try reducer.withState(number) { Array(copying: $0) }
      states.append(Checkpoint.State(name: name, values: values ?? []))
    }
    let leftOut = try sumOfLeftOutSamples()
    coordinator.save { decisions in
      Checkpoint(
        step: step + 1, recipe: recipe.canonicalText(), classNames: preprocessing.classNames,
        means: preprocessing.means, deviations: preprocessing.deviations,
        parameters: Array(copying: reducer.parameters), states: states,
        control: decisions.merging(leftOut) { $1 })
    }
  }
}
