import Storage

extension TrainCommand {
  /// What the plan comes to, and where each of its values comes from; throws what is wrong with it.
  public func explanation() throws -> [String] {
    let (plan, origins) = try planSource().resolved()
    var lines: [String]
    if Folder.contains("index.json", plan.data.folder) {
      let data = try TrainingData(plan, seed: plan.seed)
      let recipe = Recipe(plan, data: data.description)
      try recipe.check()
      let folder = RunFolder(named: run, planName: planName, recipe: recipe)
      lines = try PlanFigures(plan: plan, data: data, recipe: recipe, folder: folder).lines()
    } else {
      lines = ["\(plan.data.folder) is no data set: what depends on images and classes is left out"]
    }
    var table = TextTable([.left, .left, .left], titles: ["key", "value", "from"])
    for row in try origins.table(of: plan) { table.add(row.key, row.value, row.origin) }
    return lines + [""] + table.lines
  }
}
