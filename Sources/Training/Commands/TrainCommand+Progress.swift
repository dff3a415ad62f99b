import Journal

extension TrainCommand {
  /// The steps done at the newest checkpoint on disk, and those after which the run is done.
  ///
  /// Needs no MPI. Nil where there is no checkpoint, or the plan does not say where: the ranks say
  /// what is wrong with it.
  public func progress() -> (step: Int, lastStep: Int)? {
    guard let (recipe, folder) = recipeAndFolder() else { return nil }
    guard let step = folder.checkpoints.steps().last else { return nil }
    return (step, min(recipe.steps, stopAfter ?? recipe.steps))
  }

  /// The last sign of life of the run; nil where it has given none.
  public func lifeSign() -> LifeSign? { recipeAndFolder().flatMap { LifeSign($0.folder.lifeSign) } }

  /// Keeps among the run's metrics what a death has cost, in words and in seconds.
  public func record(recovery: String, step: Int, seconds: Double) {
    guard let folder = recipeAndFolder()?.folder else { return }
    var event = Event("recovery", step: step)
    event.text = recovery
    event.seconds = seconds
    _ = try? MetricsLog(folder.files.metrics).append(event)
  }

  /// What is trained and where; nil where the plan does not say.
  private func recipeAndFolder() -> (recipe: Recipe, folder: RunFolder)? {
    guard let plan = try? planSource().plan(), let data = try? TrainingData(plan, seed: plan.seed)
    else { return nil }
    let recipe = Recipe(plan, data: data.description)
    return (recipe, RunFolder(named: run, planName: planName, recipe: recipe))
  }

  /// Remembers from now on the signals that ask for a checkpoint or the end.
  ///
  /// Called before MPI starts: a signal that comes meanwhile would kill the rank.
  public static func listenToSignals() { Wish.listen() }
}
