import Collectives
import Storage

/// Where a run starts: what every rank knows, and what only the root holds.
struct Restored {
  /// Where the run stands.
  var position = Checkpoint.Position()
  /// The checkpoint; nil on all ranks but the root, and where there is none.
  var whole: Checkpoint?
  /// What was found wrong on the way.
  var complaints: [String] = []
  /// What keeps the run's folder for this run; nil on all ranks but the root.
  var lock: FolderLock?
}

extension TrainCommand {
  /// Finds the newest good checkpoint of the run's folder, and makes the folder.
  func restored(
    from folder: RunFolder, _ recipe: Recipe, _ plan: Plan, in world: World
  ) throws -> Restored {
    var start = Restored()
    let position = try world.fromRoot {
      let lock = try folder.take()
      let found = try folder.checkpoints.newest { folder.checkpoints.holdsAnchor(of: $0, recipe) }
      try requireResumable(found.checkpoint, folder, recipe)
      try folder.store(plan)
      folder.removePartialFiles()
      start = Restored(
        position: found.checkpoint?.position ?? Checkpoint.Position(), whole: found.checkpoint,
        complaints: found.complaints, lock: lock)
      if let before = try folder.exchangeMachine(Machine.description()), found.checkpoint != nil {
        start.complaints.append(
          "this machine (\(Machine.description())) is not the one before (\(before)): the run goes "
            + "on, but its bits may differ")
      }
      return start.position.text
    }
    start.position = Checkpoint.Position(text: position)
    return start
  }

  /// Where the run goes back to when a step goes wrong; all ranks know its step and decisions.
  func anchor(
    of start: Restored, _ folder: RunFolder, _ recipe: Recipe, in world: World
  ) throws -> Anchor {
    guard recipe.nonFinite == .rollback else { return Anchor() }
    var anchor = Anchor()
    let text = try world.fromRoot {
      anchor = try folder.checkpoints.anchor(of: start.position, start.whole, recipe)
      return Checkpoint.Position(step: anchor.step, control: anchor.control).text
    }
    let position = Checkpoint.Position(text: text)
    (anchor.step, anchor.control) = (position.step, position.control)
    return anchor
  }

  /// Refuses a checkpoint from which this plan cannot go on.
  func requireResumable(
    _ checkpoint: Checkpoint?, _ folder: RunFolder, _ recipe: Recipe
  ) throws {
    guard let checkpoint else { return }
    if resume == .never {
      throw PlanError(
        "\(folder.path) holds checkpoints and --resume is never; name another folder with --run, "
          + "or remove it")
    }
    guard checkpoint.step <= recipe.steps else {
      throw CheckpointError(
        "\(folder.path) holds a checkpoint after step \(checkpoint.step) of \(recipe.steps); "
          + "remove it, and the run goes on from the one before")
    }
    guard
      let difference = Recipe.difference(
        between: checkpoint.recipe, and: recipe.canonicalText())
    else { return }
    throw PlanError(
      "\(folder.path) holds a run with \(difference.key) \(difference.first), the plan says "
        + "\(difference.second); name another folder with --run, or restore the plan")
  }
}
