public import Storage

/// A data set in shards, as `sharder` makes it: a folder with an index and HDF5 files.
public struct Dataset: Sendable {
  /// The folder.
  public let folder: String
  /// What its index says.
  public let index: ShardIndex

  /// The shape of a sample: [H, W, C].
  public let shape: Shape

  /// Reads the index in `folder`; throws a `DatasetError` if there is none or it is wrong.
  ///
  /// - Parameter size: height and width that readers bring image files to; nil for the usual ones.
  public init(folder: String, size: Int? = nil) throws {
    let index = try ShardIndex(folder: folder)
    let isFitting = size.map { index.shape.prefix(2) == [$0, $0] } ?? true
    guard isFitting || index.encodedImages != nil else {
      throw DatasetError(
        folder, "its images are \(Shape(index.shape)) already, so they get no other size",
        remedy: "leave data.size out, or make it anew with `sharder create --keep-encoded`",
        exitCode: .usage)
    }
    shape = Shape(size.map { [$0, $0, index.shape[2]] } ?? index.shape)
    self.index = index
    self.folder = folder
  }

  /// The names of the classes; a label is an index into them.
  public var classNames: [String] { index.classes }
  /// How pixels become numbers.
  public var normalization: Normalization {
    Normalization(means: index.means, deviations: index.deviations)
  }

  /// Opens the samples of the split `name`: every shard is mapped, and its sizes and labels checked.
  ///
  /// Where `checksBlocks`, a block is compared with its digest when it is first read.
  public func split(_ name: String, checksBlocks: Bool = true) throws -> SampleStore {
    guard let split = index.splits[name] else {
      let known = index.splits.keys.sorted().joined(separator: ", ")
      throw DatasetError(
        folder, "there is no split named \(name)", remedy: "choose one of \(known)",
        exitCode: .usage)
    }
    return try SampleStore(split, of: self, checksBlocks: checksBlocks)
  }
}

/// How pixels become numbers: (v / 255 - mean) / deviation, channel by channel.
public struct Normalization: Equatable, Sendable {
  /// The mean of each channel.
  public var means: [Double]
  /// The standard deviation of each channel.
  public var deviations: [Double]

  /// The normalization with the given means and standard deviations of bytes v taken as v / 255.
  public init(means: [Double], deviations: [Double]) {
    precondition(
      means.count == deviations.count,
      "\(means.count) means and \(deviations.count) deviations")
    self.means = means
    self.deviations = deviations
  }
}
