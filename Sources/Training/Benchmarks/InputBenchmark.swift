public import Collectives
import Datasets
import Storage

/// What `trainer bench input` was asked to measure: reading, shuffling and normalizing samples.
public struct InputBenchmark: Sendable {
  /// A folder made by sharder.
  public var data: String
  /// Samples of a step on each rank.
  public var batch: Int
  /// Samples of a micro-batch.
  public var microBatch: Int
  /// Transforms of images, as the text of a plan's list; nil for none.
  public var augmentation: String?
  /// How long is measured.
  public var windows: Windows
  /// Whether to print one JSON object.
  public var json = false

  /// A measurement on a data folder.
  public init(data: String, batch: Int, microBatch: Int, windows: Windows) {
    self.data = data
    self.batch = batch
    self.microBatch = microBatch
    self.windows = windows
  }

  /// What was found.
  struct Report: Encodable {
    var benchmark = "input"
    let data: String
    let ranks: Int
    /// Images that all ranks read a second inline: the median of the windows.
    let imagesPerSecond: Double
    /// The same where each rank reads ahead, and its other thread only takes what is there.
    let imagesPerSecondAhead: Double
    /// Bytes of the images as the network gets them, in 10⁹ a second.
    let gigabytesPerSecond: Double

    enum CodingKeys: String, CodingKey {
      case benchmark, data, ranks
      case imagesPerSecond = "images_per_second"
      case imagesPerSecondAhead = "images_per_second_ahead"
      case gigabytesPerSecond = "gigabytes_per_second"
    }

    /// The report for people.
    var line: String {
      "\(data), \(ranks) ranks: \(fixed(imagesPerSecond, 0)) images/s inline "
        + "(\(fixed(gigabytesPerSecond, 2)) GB/s of floats), \(fixed(imagesPerSecondAhead, 0)) ahead"
    }
  }

  /// Measures, on all ranks of `world` together; one of them prints.
  public func run(in world: World) throws {
    let (dataset, store) = try world.together {
      guard batch > 0, microBatch > 0, batch % microBatch == 0 else {
        throw BenchmarkError(
          "a batch of \(batch) does not divide into micro-batches of \(microBatch); choose others")
      }
      let dataset = try Dataset(folder: data)
      return (dataset, try dataset.split("train"))
    }
    let transforms = try world.together { try suitableTransforms(for: dataset) }
    let rate = try rate(dataset, store, transforms, ahead: false, in: world)
    let report = Report(
      data: data, ranks: world.size, imagesPerSecond: rate,
      imagesPerSecondAhead: try self.rate(dataset, store, transforms, ahead: true, in: world),
      gigabytesPerSecond: rate * Double(dataset.shape.count * MemoryLayout<Float>.stride) / 1e9)
    Coordinator.say(json ? try report.jsonLine() : report.line, in: world)
  }

  /// The transforms asked for, which suit the images.
  private func suitableTransforms(for dataset: Dataset) throws -> Augmentation {
    guard let augmentation else { return .none }
    let list = try TransformList(text: augmentation)
    let transforms = try list.augmentation(for: .training, channels: dataset.shape.channels)
    _ = try transforms.outputSize(of: dataset.shape.extent)
    return transforms
  }

  /// Images that all ranks read a second.
  private func rate(
    _ dataset: Dataset, _ store: SampleStore, _ transforms: Augmentation, ahead: Bool,
    in world: World
  ) throws -> Double {
    let share = batch / microBatch
    var reader = BatchReader(
      store: store, stream: SampleStream(count: store.count, seed: 1),
      augmentation: transforms, normalization: dataset.normalization,
      globalBatch: batch * world.size, microBatch: microBatch,
      share: share * world.rank..<share * (world.rank + 1), ahead: ahead)
    var step = 0
    let seconds = try windows.measure(in: world) {
      var microBatches = reader.microBatches(of: step)
      while try microBatches.next() != nil {}
      step += 1
    }
    return Double(batch * world.size) / median(seconds)
  }
}
