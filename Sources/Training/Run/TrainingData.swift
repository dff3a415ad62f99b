import Collectives
import Datasets
import Storage

/// The samples of a run: training, validation held out of it, and test where there is one.
struct TrainingData {
  let dataset: Dataset
  private let plan: DataPlan
  let training: SampleStore
  /// The splits that are only judged on, where the data set has them.
  private let validation: SampleStore?
  private let test: SampleStore?
  private let split: ValidationSplit
  private let seed: UInt64

  init(_ plan: Plan, seed: UInt64) throws {
    self.plan = plan.data
    self.seed = seed
    dataset = try Dataset(folder: plan.data.folder, size: plan.data.size)
    let checks = plan.data.verify
    training = try dataset.split("train", checksBlocks: checks)
    validation = try dataset.splitIfPresent("validation", checksBlocks: checks)
    test = try dataset.splitIfPresent("test", checksBlocks: checks)
    guard plan.data.validation < training.count else {
      throw PlanError(
        "plan: data.validation: is \(plan.data.validation), \(plan.data.folder) has only "
          + "\(training.count) training samples")
    }
    if let key = plan.keyThatNeedsValidation, plan.data.validation == 0, validation == nil {
      throw PlanError(
        "plan: \(key): choosing needs samples that are held out; set data.validation to their "
          + "number")
    }
    split = ValidationSplit(
      count: training.count, heldOut: plan.data.validation, seed: plan.seed)
  }

  /// What the recipe says of the samples.
  var description: Recipe.Samples {
    Recipe.Samples(
      digest: dataset.index.dataDigest.hex, samples: split.training.count,
      validation: split.heldOut.count, shape: dataset.shape.extents,
      classes: dataset.classNames.count, resize: dataset.index.resize)
  }

  /// The sets to evaluate on, and how many samples each has.
  var judgedSets: [(name: String, samples: Int)] {
    let heldOut = split.heldOut.isEmpty ? validation?.count : split.heldOut.count
    return [("validation", heldOut), ("test", test?.count)].compactMap { name, count in
      count.map { (name, $0) }
    }
  }

  /// The reader of this rank's share of each step from `firstStep` on.
  func reader(
    _ batch: BatchPlan, _ augmentation: Augmentation, share: Range<Int>, firstStep: Int,
    ahead: Bool, leftOut: [Int64]?
  ) -> BatchReader {
    BatchReader(
      store: training, stream: SampleStream(samples: split.training, seed: seed),
      augmentation: augmentation, normalization: dataset.normalization, globalBatch: batch.global,
      microBatch: batch.micro, share: share, firstStep: firstStep, ahead: ahead,
      onDamaged: plan.onDamaged, leftOut: leftOut)
  }

  /// The samples at some positions of the endless stream, by file and number in the file.
  func places(ofStreamPositions positions: Range<Int>) -> String {
    var stream = SampleStream(samples: split.training, seed: seed)
    var numbers: [String: [Int]] = [:]
    for position in positions {
      let place = training.place(of: Int(stream.identity(at: position).sample))
      numbers[place.file, default: []].append(place.index)
    }
    return numbers.sorted { $0.key < $1.key }.map { file, numbers in
      let all = numbers.sorted()
      let more = all.count > 16 ? " and \(all.count - 16) more" : ""
      let list = all.prefix(16).map(String.init).joined(separator: ", ")
      return "\(counted(all.count, "sample")) of \(file): \(list)\(more)"
    }.joined(separator: "; ")
  }

  /// The sets to evaluate on: validation samples, held out or a split of their own, and test.
  func evaluator(
    _ views: [Augmentation], microBatch: Int, in world: World
  ) -> Evaluator {
    var evaluator = Evaluator()
    func add(_ name: String, _ store: SampleStore, _ samples: [UInt32]? = nil) {
      evaluator.add(
        name, store, samples: samples, views: views,
        normalization: dataset.normalization, microBatch: microBatch, onDamaged: plan.onDamaged,
        in: world)
    }
    if !split.heldOut.isEmpty {
      add("validation", training, split.heldOut)
    } else if let validation {
      add("validation", validation)
    }
    if let test { add("test", test) }
    return evaluator
  }
}

extension Plan {
  /// A key whose decisions need validation samples, if there is one.
  fileprivate var keyThatNeedsValidation: String? {
    if checkpoint.best { return "checkpoint.best" }
    if evaluation.patience != nil { return "evaluation.patience" }
    return schedule.name == .plateau ? "schedule.name: plateau" : nil
  }
}

extension Dataset {
  /// The samples of a split, if the data set has one of that name.
  fileprivate func splitIfPresent(_ name: String, checksBlocks: Bool) throws -> SampleStore? {
    index.splits[name] == nil ? nil : try split(name, checksBlocks: checksBlocks)
  }
}
