import Datasets
import FoundationEssentials
import Storage

/// What `trainer augment` was asked to do.
public struct AugmentCommand: Sendable {
  /// What to train, as `trainer train` is told it.
  public var training = TrainCommand()
  /// The PNG file to write.
  public let output: String
  /// Which samples of the training split.
  public let samples: Range<Int>
  /// How many epochs to show.
  public let epochs: Int

  /// A grid of the given samples of the training split in so many epochs.
  public init(output: String, samples: Range<Int>, epochs: Int) {
    self.output = output
    self.samples = samples
    self.epochs = epochs
  }

  /// The most that a grid shows: more would be a picture that nothing opens.
  private static let mostPixels = 1 << 27

  /// Writes the picture; returns what was done to each image, as one JSON object.
  public func run() throws -> String {
    let plan = try training.planSource().plan()
    let data = try TrainingData(plan, seed: plan.seed)
    let recipe = Recipe(plan, data: data.description)
    let shape = try recipe.inputShape()
    let store = try data.dataset.split("train")
    guard !samples.isEmpty, samples.lowerBound >= 0, samples.upperBound <= store.count else {
      throw PlanError(
        "samples \(samples.lowerBound) … \(samples.upperBound - 1) are asked for, "
          + "\(plan.data.folder) has 0 … \(store.count - 1); choose others with --first and "
          + "--samples")
    }
    guard epochs >= 0, samples.count * (epochs + 1) * shape.positions <= Self.mostPixels else {
      throw PlanError(
        "\(samples.count) samples in \(epochs) epochs make no picture; ask for fewer with "
          + "--samples and --epochs")
    }
    let preview = try AugmentationPreview(
      store, samples: samples.map(UInt32.init), epochs: epochs,
      augmentation: try recipe.makeAugmentation(),
      evaluation: try recipe.makeEvaluationTransforms(),
      normalization: data.dataset.normalization, seed: recipe.seed)
    try DurableFile.write(unsafe preview.png.span.bytes, to: output)
    return try Report(
      width: shape[1], height: shape[0], transforms: recipe.augmentation ?? TransformList(),
      cells: preview.cells
    ).jsonLine()
  }

  /// What is printed as JSON.
  private struct Report: Encodable {
    /// The size of one image.
    let width: Int
    let height: Int
    /// The list in its canonical form.
    let transforms: TransformList
    let cells: [PreviewCell]
  }
}
