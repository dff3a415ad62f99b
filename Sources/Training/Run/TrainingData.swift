import Collectives
import Datasets
import Storage

/// The samples of a run: training, validation held out of it, and test where there is one.
struct TrainingData {
  let dataset: Dataset
  private let plan: DataPlan
  private let training: SampleStore
  private let test: SampleStore?
  private let split: ValidationSplit
  private let seed: UInt64

  init(_ plan: Plan, seed: UInt64) throws {
    self.plan = plan.data
    self.seed = seed
    dataset = try Dataset(folder: plan.data.folder)
    training = try dataset.split("train")
    test = dataset.index.splits["test"] == nil ? nil : try dataset.split("test")
    guard plan.data.validation < training.count else {
      throw PlanError(
        "plan: data.validation: is \(plan.data.validation), \(plan.data.folder) has only "
          + "\(training.count) training samples")
    }
    split = ValidationSplit(
      count: training.count, heldOut: plan.data.validation, seed: plan.seed)
  }

  /// What the recipe says of the samples.
  var description: Recipe.Samples {
    Recipe.Samples(
      digest: dataset.index.dataDigest.hex, samples: split.training.count,
      validation: split.heldOut.count, shape: dataset.index.shape,
      classes: dataset.classNames.count)
  }

  /// Checks every shard's digest, the shards shared among the ranks.
  func verify(in world: World) throws {
    guard plan.verify else { return }
    try world.together {
      for store in [training, test].compactMap({ $0 }) {
        let shards = Runs(sharing: store.shardCount, among: world.size)
        for shard in shards[world.rank] { try store.verify(shard: shard) }
      }
    }
  }

  /// The reader of this rank's share of each step.
  func reader(_ batch: BatchPlan, in world: World) -> BatchReader {
    BatchReader(
      store: training, stream: SampleStream(samples: split.training, seed: seed),
      normalization: dataset.normalization, globalBatch: batch.global, microBatch: batch.micro,
      share: Runs(sharing: batch.microBatches, among: world.size)[world.rank])
  }

  /// The sets to evaluate on: the held-out samples where there are some, and the test samples.
  func evaluator(microBatch: Int, in world: World) -> Evaluator {
    var evaluator = Evaluator()
    if !split.heldOut.isEmpty {
      evaluator.add(
        "validation", training, samples: split.heldOut, normalization: dataset.normalization,
        microBatch: microBatch, in: world)
    }
    if let test {
      evaluator.add(
        "test", test, normalization: dataset.normalization, microBatch: microBatch, in: world)
    }
    return evaluator
  }
}
