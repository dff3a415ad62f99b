import Collectives
import Networks
import Storage

extension TrainCommand {
  /// Does all that comes before training, and says what would happen; writes nothing.
  func rehearse(in world: World) throws {
    let agreed = try agree(in: world)
    let recipe = agreed.recipe
    let (network, _) = try world.together { try fitting(recipe, ranks: world.ranksOnNode) }
    let layout = network.parameterLayout().layout
    let optimizer = try world.together { try recipe.makeOptimizer(layout) }
    _ = try world.together { try recipe.makeSchedule() }
    _ = try world.together { try recipe.makeViews() }
    let folder = RunFolder(named: run, planName: planName, recipe: recipe)
    let updater = Updater(optimizer, recipe.update, layout: layout)
    let bytes = layout.count * MemoryLayout<Float>.stride * (1 + updater.stateNames.count)
    let outlook = try world.fromRoot {
      try foreseen(folder, recipe).lines(
        checkpointBytes: bytes, steps: recipe.steps, stopAfter: stopAfter
      ).joined(separator: "\n")
    }
    let reducer = try Reducer(
      updater.reductionLayout(layout, microBatches: recipe.batch.microBatches), in: world,
      transport: agreed.plan.run.transport)
    Coordinator.say(Self.summary(recipe, layout, reducer), in: world)
    for complaint in [reducer.note, try world.complaintAboutCores()].compactMap({ $0 }) {
      Coordinator.say("warning: " + complaint, in: world)
    }
    Coordinator.say(outlook, in: world)
    try reducer.close()
  }

  /// What a run in the folder would begin with; for the root alone.
  private func foreseen(_ folder: RunFolder, _ recipe: Recipe) throws -> Outlook {
    let place = try Folder.place(for: folder.path)
    if Folder.exists(folder.path) { _ = try folder.take() }
    let found = try folder.checkpoints.newest { folder.checkpoints.holdsAnchor(of: $0, recipe) }
    try requireResumable(found.checkpoint, folder, recipe)
    let decisions = Decisions(
      recipe, seeksBest: false, from: found.checkpoint?.position.control ?? [:])
    return Outlook(
      folder: folder.path, step: found.checkpoint?.step ?? 0, complaints: found.complaints,
      reasonToStop: decisions.reasonToStop, freeBytes: Folder.freeBytes(place))
  }
}

/// What a run would begin with.
private struct Outlook {
  let folder: String
  /// The steps done.
  let step: Int
  let complaints: [String]
  /// Why nothing is left to do although steps are.
  let reasonToStop: String?
  /// Bytes that are free where the run folder lies.
  let freeBytes: Int

  /// What would happen, after what is wrong.
  func lines(checkpointBytes: Int, steps: Int, stopAfter: Int?) -> [String] {
    let warnings = complaints + [complaint(checkpointBytes: checkpointBytes)].compactMap { $0 }
    let last = min(steps, max(stopAfter ?? steps, step))
    return warnings.map { "warning: " + $0 } + ["dry run: " + words(last: last)]
  }

  private func words(last: Int) -> String {
    if let reasonToStop {
      return "\(folder) is finished after \(counted(step, "step")), \(reasonToStop)"
    }
    if step >= last {
      return "\(folder) is finished after \(counted(step, "step")): nothing is left to train"
    }
    if step > 0 {
      return "would go on in \(folder) after step \(step), for \(counted(last - step, "step"))"
    }
    return "would begin anew in \(folder), for \(counted(last, "step"))"
  }

  /// A line where two checkpoints of so many bytes do not fit: a new one is whole before an old one
  /// goes.
  private func complaint(checkpointBytes bytes: Int) -> String? {
    guard freeBytes < 2 * bytes else { return nil }
    return "a checkpoint takes \(megabytes(bytes)), and only \(megabytes(freeBytes)) are free for "
      + "\(folder): free some space, or name another folder with --run"
  }
}
