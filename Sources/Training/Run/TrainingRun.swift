import Collectives
import Datasets
import Networks
import Storage

/// Everything that a run needs from its first step on; nothing of it is allocated later.
struct TrainingRun: ~Copyable {
  let world: World
  let recipe: Recipe
  let schedule: Schedule
  /// Steps done before this process began.
  let firstStep: Int
  /// After how many steps to stop, at most the recipe's.
  let lastStep: Int
  let histograms: Recurrence
  let evaluation: Recurrence
  let checkpointing: Recurrence
  /// When copies of the parameters are compared; if ever, owners check what they hold at each step.
  let verification: Recurrence
  let preprocessing: Preprocessing
  /// Each rank's host.
  let hosts: [String]
  let reducer: Reducer
  let coordinator: Coordinator
  let watchdog: Watchdog
  var model: Model
  let data: TrainingData
  let readers: SampleReaders
  var samples: BatchReader
  /// The training samples, where those of damaged blocks are left out; else nil.
  let leavesOut: SampleStore?
  var updater: Updater
  let evaluator: Evaluator
  /// How often steps have gone wrong.
  var setbacks: Setbacks
  /// Where the run goes back to, if the recipe asks for that.
  var anchor: Anchor
  /// The moving average of all weights, if the plan asks for one; else empty.
  var weightAverage: AlignedArray<Float>

  /// Trains by synchronous data-parallel SGD: every rank takes the same steps.
  ///
  /// Returns the number of steps done.
  mutating func train() throws -> Int {
    let (reducer, progress) = (self.reducer, self.reducer.progress)
    var step = firstStep
    while step < lastStep {
      progress.begin(step: step)
      var microBatches = samples.microBatches(of: step)  // this rank's share, in order
      while let microBatch = try microBatches.next() {
        progress.enter(.forward)
        let loss = model.forward(microBatch, parameters: reducer.parameters, after: step)
        progress.enter(.backward)
        var leaf = reducer.leaf(microBatch.index)  // merged with its sibling once both are there
        model.backward(parameters: reducer.parameters, into: &leaf) { reducer.advance(from: $0) }
        reducer.record(loss: loss.mean, correct: loss.correct, microBatch: microBatch.index)
        progress.enter(.reading)
      }
      let totals = try reducer.reduce(  // every rank: loss, norm, wishes
        control: coordinator.wish, comparingCopies: verification.isDue(after: step))
      let verdict = try judge(totals, at: step)  // on all ranks alike
      if verdict == .goBack {
        step = try goBack(keeping: totals.control)
        continue
      }
      if verdict == .update { try update(totals, at: step) }

      progress.enter(.logging)
      coordinator.report(step, totals, rate: rate(at: step), reducer)
      if evaluation.isDue(after: step) || step + 1 == recipe.steps { try evaluate(after: step) }
      let wishes = Wish(rawValue: totals.control)
      let stops =
        step + 1 == lastStep || wishes.contains(.stop) || coordinator.decisions.reasonToStop != nil
      if stops || checkpointing.isDue(after: step) || wishes.contains(.checkpoint)
        || coordinator.isBest(after: step)
      {
        try save(after: step)
      }
      if stops { return step + 1 }
      step += 1
    }
    return firstStep
  }
}
