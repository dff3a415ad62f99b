import Collectives
import Networks
import Storage

// Replicas that cannot drift: what a rank finds in memory that its owner did not write ends the run.

extension TrainingRun {
  /// Ends the run, on all ranks, if a step was computed from damaged memory.
  func requireIntact(_ totals: ReductionTotals, at step: Int) throws {
    try requireIntact(totals.damage, after: step)
    guard totals.copiesDiffer else { return }
    try requireIntact(reducer.findDamage(), after: step)
    throw AgreedError(
      exitCode: .tryAgain,
      message: "step \(step + 1): ranks computed with different parameters, and none of them holds "
        + "damaged ones any more: memory is at fault, or the network; started again the run goes on "
        + "from its newest checkpoint")
  }

  /// Ends the run, on all ranks, if memory was found damaged; `step` is the one under way.
  func requireIntact(_ damage: MemoryDamage?, after step: Int) throws {
    guard let damage else { return }
    let tensor = model.layout.tensors[model.layout.blocks[damage.block].tensor].name
    let array = damage.array == 0 ? "parameter" : updater.stateNames[damage.array - 1] + " of"
    throw AgreedError(
      exitCode: .tryAgain,
      message: "step \(step + 1): \(array) \(tensor) in the memory of rank \(damage.rank) on "
        + "\(hosts[damage.rank]) is not what was last written there: another process wrote there, or "
        + "the memory is at fault; nothing was saved since; started again the run goes on from its "
        + "newest checkpoint")
  }
}
