import Collectives
import Networks
import Storage

// Steps that go wrong: all ranks know the same totals, so all decide alike, in the same step.

/// What becomes of a step once its gradient is reduced.
enum Verdict {
  /// It updates the parameters.
  case update
  /// It changes nothing.
  case skip
  /// The run goes back to its anchor.
  case goBack
}

extension TrainingRun {
  /// Decides what becomes of a step, or ends the run.
  mutating func judge(_ totals: ReductionTotals, at step: Int) throws -> Verdict {
    try requireIntact(totals, at: step)
    guard let fault = fault(in: totals, at: step) else { return .update }
    let policy = recipe.divergence
    switch recipe.nonFinite {
    case .stop: break
    case .skip:
      guard let most = policy?.most, setbacks.skipped < most else { break }
      setbacks.skipped += 1
      coordinator.complain(
        "\(fault); the step is skipped, \(setbacks.skipped) of at most \(most)", as: "skip",
        steps: step + 1)
      return .skip
    case .rollback:
      guard let most = policy?.most, setbacks.rollbacks < most else { break }
      setbacks.rollbacks += 1
      coordinator.complain(
        "\(fault); going back to step \(anchor.step) with the rate times "
          + "\(setbacks.rateFactor(policy?.factor ?? 1)), \(setbacks.rollbacks) of at most \(most)",
        as: "rollback", steps: anchor.step)
      return .goBack
    }
    let reached = recipe.nonFinite == .stop ? "" : ", and divergence.most is reached"
    throw AgreedError(
      exitCode: .badData,
      message:
        "\(fault)\(reached); lower optimizer.lr or set update.clip; the newest checkpoint is "
        + "untouched")
  }

  /// What is wrong with a step, with the samples of the micro-batch that is to blame; nil if
  /// nothing is.
  private func fault(in totals: ReductionTotals, at step: Int) -> String? {
    let place = "step \(step + 1): "
    if !totals.isFinite {
      var blame = "the sum of gradients"
      if let microBatch = totals.firstNonFiniteMicroBatch { blame = name(microBatch, of: step) }
      return place + "the loss or its gradient is not finite in "
        + blame
    }
    guard let limit = recipe.divergence?.limit, totals.meanLoss > limit else { return nil }
    let reducer = self.reducer
    let losses = (0..<recipe.batch.microBatches).map { reducer.loss(microBatch: $0) }
    let worst = losses.indices.max { losses[$0] < losses[$1] } ?? 0
    return place + "the loss, \(fixed(totals.meanLoss, 4)), is above divergence.limit, \(limit), "
      + "most of all in \(name(worst, of: step))"
  }

  /// A micro-batch of a step with the places of its samples.
  private func name(_ microBatch: Int, of step: Int) -> String {
    let first = step * recipe.batch.global + microBatch * recipe.batch.micro
    return "micro-batch \(microBatch) ("
      + data.places(ofStreamPositions: first..<first + recipe.batch.micro) + ")"
  }

  /// Goes back to the anchor, on all ranks together; returns its number of steps.
  ///
  /// Nothing of it needs to be on disk: who is killed afterwards begins at an older checkpoint of the
  /// same history, meets the same step, and goes back in the same way. The step's wishes stay.
  mutating func goBack(keeping wishes: Int32) throws -> Int {
    coordinator.keep(wishes)
    reducer.progress.enter(.preparing)
    try reducer.begin(
      model.layout, seed: recipe.seed, stateNames: updater.stateNames,
      averageNumber: updater.averageNumber, from: anchor.checkpoint)
    if verification.isEver { reducer.sealAll() }
    samples = readers.reader(from: anchor.step, after: anchor.checkpoint)
    coordinator.goBack(to: anchor, reducer)
    return anchor.step
  }
}
