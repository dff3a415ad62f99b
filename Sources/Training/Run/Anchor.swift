/// Where a run goes back to when a step goes wrong: what the last checkpoint at the plan's interval
/// holds, or the beginning.
///
/// It is kept in memory, so that no disk decides where a run goes back to. A killed run finds it in
/// its folder.
struct Anchor: Sendable {
  /// The number of steps done.
  var step = 0
  /// What was decided up to there; known to all ranks.
  var control: [String: Double] = [:]
  /// The checkpoint; nil on all ranks but the root, and for the beginning.
  var checkpoint: Checkpoint?
}

extension Recipe {
  /// When there is a checkpoint that the run may go back to.
  var anchoring: Recurrence {
    Recurrence(samples: checkpointsToGoBackTo ?? 0, batch: batch.global)
  }

  /// The step of the anchor of a run that has done so many steps; 0 for the beginning.
  func anchorStep(upTo step: Int) -> Int {
    let recurrence = anchoring
    var step = step
    while step > 0, !recurrence.isDue(after: step - 1) { step -= 1 }
    return step
  }
}

extension CheckpointFolder {
  /// Whether a run of a recipe can go on from the checkpoint after `step`: it may have to go back.
  func holdsAnchor(of step: Int, _ recipe: Recipe) -> Bool {
    guard recipe.nonFinite == .rollback else { return true }
    let anchor = recipe.anchorStep(upTo: step)
    return anchor == 0 || anchor == step || (try? Self.read(file(step: anchor))) != nil
  }

  /// The anchor of a run that goes on from a checkpoint.
  func anchor(of position: Checkpoint.Position, _ whole: Checkpoint?, _ recipe: Recipe) throws
    -> Anchor
  {
    let step = recipe.anchorStep(upTo: position.step)
    if step == 0 { return Anchor() }
    let checkpoint = step == position.step ? whole : try Self.read(file(step: step))
    return Anchor(step: step, control: checkpoint?.control ?? [:], checkpoint: checkpoint)
  }
}
