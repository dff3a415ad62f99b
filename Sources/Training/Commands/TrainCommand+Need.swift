import Collectives
import Networks
import Storage

/// What a run takes of a machine.
public struct RunNeed: Sendable {
  /// Bytes that each rank takes.
  public let rank: Int
  /// Bytes of shared memory that all ranks of a machine take.
  public let sharedMemory: Int
  /// Bytes of a checkpoint, about.
  public let checkpoint: Int
}

extension TrainCommand {
  /// What the plan takes on so many ranks of one machine; nil where there are no data to tell.
  ///
  /// Throws what is wrong with the plan.
  public func need(ranks: Int) throws -> RunNeed? {
    // Asking what a default run would take is no reason to make its data.
    let isThere = Self.usualData.contains { Folder.contains("index.json", $0) }
    guard plan != nil || data != nil || isThere else { return nil }
    let plan = try planSource().plan()
    guard Folder.contains("index.json", plan.data.folder) else { return nil }
    let recipe = Recipe(plan, data: try TrainingData(plan, seed: plan.seed).description)
    let network = try recipe.makeNetwork()
    let layout = network.parameterLayout().layout
    let updater = Updater(try recipe.makeOptimizer(layout), recipe.update, layout: layout)
    let reduction = updater.reductionLayout(layout, microBatches: recipe.batch.microBatches)
    let activations = Model.memoryBytes(of: network, microBatch: recipe.batch.micro)
    let sharing = min(ranks, recipe.batch.microBatches)
    return RunNeed(
      rank: activations + reduction.bytesPerRank(ranks: sharing),
      sharedMemory: SharedMemory.needed(reduction, ranks: sharing),
      checkpoint: layout.count * MemoryLayout<Float>.stride * (1 + updater.stateNames.count))
  }
}
