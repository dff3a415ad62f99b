extension TrainCommand {
  /// The steps done at the newest checkpoint on disk, and those after which the run is done.
  ///
  /// Needs no MPI. Nil where there is no checkpoint, or the plan does not say where: the ranks say
  /// what is wrong with it.
  public func progress() -> (step: Int, lastStep: Int)? {
    guard let plan = try? planSource().plan(), let data = try? TrainingData(plan, seed: plan.seed)
    else { return nil }
    let recipe = Recipe(plan, data: data.description)
    let folder = RunFolder(named: run, planName: planName, recipe: recipe)
    guard let step = folder.checkpoints.steps().last else { return nil }
    return (step, min(recipe.steps, stopAfter ?? recipe.steps))
  }

  /// Remembers from now on the signals that ask for a checkpoint or the end.
  ///
  /// Called before MPI starts: a signal that comes meanwhile would kill the rank.
  public static func listenToSignals() { Wish.listen() }
}
