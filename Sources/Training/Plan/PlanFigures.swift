import Collectives
import Networks
import Storage

/// What a plan comes to on its data: lengths, parameters, arithmetic, memory.
struct PlanFigures {
  let plan: Plan
  let data: TrainingData
  let recipe: Recipe
  /// Where the run would take place.
  let folder: RunFolder

  /// The lines, for people.
  func lines() throws -> [String] {
    let network = try recipe.makeNetwork()
    let summary = NetworkSummary(network, microBatch: recipe.batch.micro)
    var table = TextTable([.left, .left])
    table.add(
      "network",
      "\(recipe.network.name): \(counted(summary.parameters, "parameter")), "
        + "\(scaled(summary.multiplyAdds)) multiply-adds an image")
    table.add("data", samplesWords)
    table.add("length", lengthWords)
    table.add("batch", batchWords)
    table.add("rate", try recipe.scheduleWords())
    table.add(
      "arithmetic",
      "\(scaled(summary.trainingOperations * recipe.batch.global)) floating-point operations a step"
    )
    table.add("evaluation", evaluationWords)
    table.add("checkpoints", checkpointWords)
    table.add("run folder", folder.path)
    return table.lines + [""] + (try memoryTable(summary, network)).lines
  }

  private var samplesWords: String {
    let shape = Shape(recipe.data.shape)
    let training = counted(recipe.data.samples, "training image")
    let classes = counted(recipe.data.classes, "class", "classes")
    let judged = data.judgedSets.map { ", \($0.samples) for \($0.name)" }.joined()
    return "\(plan.data.folder): \(training) \(shape) in \(classes)" + judged
  }

  private var lengthWords: String {
    let epochs = Double(recipe.steps * recipe.batch.global) / Double(recipe.data.samples)
    return "\(counted(recipe.steps, "step")) of \(counted(recipe.batch.global, "image")), "
      + "\(fixed(epochs, 2)) epochs"
  }

  private var batchWords: String {
    "\(counted(recipe.batch.microBatches, "micro-batch", "micro-batches")) of "
      + "\(counted(recipe.batch.micro, "image")): 1 to \(recipe.batch.microBatches) ranks, with the "
      + "same bits"
  }

  private var evaluationWords: String {
    let end = recipe.monitoring?.patience.map {
      "; the run ends early after \($0) that are no better"
    }
    return words(for: plan.evaluation.every) + (end ?? "")
  }

  private var checkpointWords: String {
    let best = plan.checkpoint.best ? " and the best" : ""
    return words(for: plan.checkpoint.every) + "; the newest \(plan.checkpoint.keep)\(best) stay"
  }

  private func words(for interval: Interval) -> String {
    if interval.count == 0 { return "at the end" }
    let steps = interval.inSteps(samples: recipe.data.samples, batch: recipe.batch.global).count
    let noun = interval.count == 1 ? "epoch" : "epochs"
    let epochs = interval.unit == .epochs ? " (\(significant(interval.count)) \(noun))" : ""
    return "every \(counted(Int(steps), "step"))\(epochs), and at the end"
  }

  /// Memory by the number of ranks, all of them on one machine.
  private func memoryTable(_ summary: NetworkSummary, _ network: Network) throws -> TextTable {
    let layout = network.parameterLayout().layout
    let updater = Updater(try recipe.makeOptimizer(layout), recipe.update, layout: layout)
    let reduction = updater.reductionLayout(layout, microBatches: recipe.batch.microBatches)
    var table = TextTable(
      [.right, .right, .right, .right],
      titles: ["ranks", "micro-batches a rank", "busy", "memory a rank"])
    for ranks in rankCounts {
      let most = (recipe.batch.microBatches + ranks - 1) / ranks
      let busy = Double(recipe.batch.microBatches) / Double(ranks * most)
      let bytes = summary.activationBytes + reduction.bytesPerRank(ranks: ranks)
      table.add("\(ranks)", "\(most)", percent(busy), megabytes(bytes))
    }
    return table
  }

  /// Powers of two, and the largest number that is allowed.
  private var rankCounts: [Int] {
    let most = recipe.batch.microBatches
    return (0...6).map { 1 << $0 }.filter { $0 < most } + [most]
  }
}
