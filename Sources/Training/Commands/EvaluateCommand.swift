public import Collectives
import Datasets
import Kernels
import Networks
import Storage

/// What `trainer evaluate` was asked to do.
public struct EvaluateCommand: Sendable {
  /// The checkpoint.
  public let checkpoint: String
  /// The data folder.
  public let data: String
  /// Which of its splits; nil for the first there is of `test`, `validation` and `train`.
  public let split: String?
  /// The name of the views of each image to judge together; nil for those of the recipe.
  public let views: String?
  /// Whether to print one JSON object.
  public let json: Bool

  /// An evaluation of a checkpoint on a split of a data folder.
  public init(
    checkpoint: String, data: String, split: String?, views: String? = nil, json: Bool
  ) {
    self.checkpoint = checkpoint
    self.data = data
    self.split = split
    self.views = views
    self.json = json
  }

  /// Evaluates, on all ranks of `world` together, each sample exactly once.
  public func run(in world: World) throws {
    useOneBLASThread()
    let saved = try world.together { try CheckpointFolder.read(fileOrRun: checkpoint) }
    let recipe = try world.together { try Recipe(canonicalText: saved.recipe) }
    let dataset = try world.together { try Dataset(folder: data, fitting: recipe) }
    let name = split ?? Self.usualSplit(of: dataset, recipe)
    // Samples that the plan held out lie in the training split.
    let isHeldOut = name == "validation" && dataset.index.splits[name] == nil
    let place = isHeldOut && recipe.data.validation > 0 ? "train" : name
    let store = try world.together { try dataset.split(place) }
    try world.together {
      guard dataset.shape.extents == recipe.data.shape, store.classCount == recipe.data.classes
      else {
        throw CheckpointError(
          "\(data): images \(dataset.shape) of \(store.classCount) classes, \(checkpoint) was "
            + "trained on \(Shape(recipe.data.shape)) of \(recipe.data.classes); name its data")
      }
    }
    var model = Model(
      try world.together { try recipe.makeNetwork() },
      loss: try world.together { try recipe.makeLoss() }, microBatch: recipe.batch.micro,
      seed: recipe.seed)
    var evaluator = Evaluator()
    evaluator.add(
      name, store, samples: place == name ? nil : recipe.heldOut(of: store.count),
      views: try world.together { try recipe.makeViews(named: views) },
      normalization: saved.normalization, microBatch: recipe.batch.micro, in: world)
    let result = try model.evaluate(
      on: evaluator.sets[0], parameters: saved.weightsToJudge.span, version: .after(saved.step),
      in: world)
    if json {
      let report = EvaluationReport(
        result, split: name, step: saved.step, classNames: saved.classNames)
      Coordinator.say(try report.jsonLine(), in: world)
    } else {
      let table = EvaluationTable(result, classNames: saved.classNames)
      for line in table.lines(split: name) { Coordinator.say(line, in: world) }
    }
  }

  /// The split that says most of a model.
  private static func usualSplit(of dataset: Dataset, _ recipe: Recipe) -> String {
    if dataset.index.splits["test"] != nil { return "test" }
    let isValidated = dataset.index.splits["validation"] != nil || recipe.data.validation > 0
    return isValidated ? "validation" : "train"
  }
}

extension Dataset {
  /// The data set in a folder, image files in it brought to the size that they were trained on.
  fileprivate init(folder: String, fitting recipe: Recipe) throws {
    try self.init(folder: folder)
    if index.encodedImages != nil { try self.init(folder: folder, size: recipe.data.shape[0]) }
  }
}

extension Recipe {
  /// The samples of so many training samples that the run held out.
  fileprivate func heldOut(of count: Int) -> [UInt32] {
    ValidationSplit(count: count, heldOut: min(data.validation, count - 1), seed: seed).heldOut
  }
}

extension Checkpoint {
  /// The moving average of the weights where there is one, else the weights.
  var weightsToJudge: [Float] {
    states.first { $0.name == State.average }?.values ?? parameters
  }

  /// How pixels become numbers.
  var normalization: Normalization {
    Normalization(means: means, deviations: deviations)
  }
}
