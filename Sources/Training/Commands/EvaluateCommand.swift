public import Collectives
import Datasets
import FoundationEssentials
import Kernels
import Networks
import Storage

/// What `trainer evaluate` was asked to do.
public struct EvaluateCommand: Sendable {
  /// The checkpoint.
  public let checkpoint: String
  /// The data folder.
  public let data: String
  /// Which of its splits; nil for `test`, or `train` where there is no other.
  public let split: String?
  /// Whether to print one JSON object.
  public let json: Bool

  /// An evaluation of a checkpoint on a split of a data folder.
  public init(checkpoint: String, data: String, split: String?, json: Bool) {
    self.checkpoint = checkpoint
    self.data = data
    self.split = split
    self.json = json
  }

  /// What is printed as JSON.
  private struct Report: Encodable {
    let samples: Int
    let correct: Int
    let accuracy: Double
    let loss: Double
    let split: String
    let step: Int
  }

  /// Evaluates, on all ranks of `world` together, each sample exactly once.
  public func run(in world: World) throws {
    useOneBLASThread()
    let saved = try world.together { try CheckpointFolder.read(checkpoint) }
    let dataset = try world.together { try Dataset(folder: data) }
    let name = split ?? (dataset.index.splits["test"] == nil ? "train" : "test")
    let store = try world.together { try dataset.split(name) }
    let recipe = try world.together { try Recipe(canonicalText: saved.recipe) }
    try world.together {
      guard dataset.index.shape == recipe.data.shape, store.classCount == recipe.data.classes
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
      name, store, transforms: try world.together { try recipe.makeEvaluationTransforms() },
      normalization: saved.normalization, microBatch: recipe.batch.micro, in: world)
    let result = try model.evaluate(
      on: evaluator.sets[0], parameters: saved.weightsToJudge.span, version: .after(saved.step),
      in: world)
    let line = json ? try jsonLine(result, name, saved.step) : "\(name): \(result)"
    Coordinator.say(line, in: world)
  }

  private func jsonLine(_ result: Evaluation, _ split: String, _ step: Int) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let report = Report(
      samples: result.samples, correct: result.correct, accuracy: result.accuracy,
      loss: result.loss, split: split, step: step)
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }
}

extension Checkpoint {
  /// The moving average of the weights where there is one, else the weights.
  fileprivate var weightsToJudge: [Float] {
    states.first { $0.name == State.average }?.values ?? parameters
  }

  /// How pixels become numbers.
  fileprivate var normalization: Normalization {
    Normalization(means: means, deviations: deviations)
  }
}
