public import Storage

/// The samples of one split, read from mapped shards without a copy.
///
/// Any number of readers may share a store; all processes on a machine share its pages.
@safe public final class SampleStore: Sendable {
  /// The number of samples.
  public let count: Int
  /// The shape of a sample: [H, W, C].
  public let shape: Shape
  /// The number of classes; every label is below it.
  public let classCount: Int

  private let shards: [MappedShard]
  /// The index of each shard's first sample, and the count of all at the end.
  private let starts: [Int]
  private let sampleBytes: Int
  private let folder: String

  /// Maps all shards of `split` in `folder`, and checks their sizes and all labels.
  internal init(
    _ split: ShardIndex.Split, folder: String, shape: Shape, classCount: Int
  ) throws {
    let shards = try split.shards.map { try MappedShard($0, folder: folder, shape: shape) }
    var starts = [0]
    for shard in shards {
      starts.append(starts[starts.count - 1] + shard.entry.samples)
    }
    self.shards = shards
    self.starts = starts
    self.folder = folder
    self.shape = shape
    self.classCount = classCount
    count = split.samples
    sampleBytes = shape.count
    try checkLabels()
  }

  /// The label of a sample.
  public func label(of sample: Int) -> Int32 {
    let shard = shard(of: sample)
    return shards[shard].label(sample - starts[shard])
  }

  /// The label of a sample, for the network; throws if it is no class any more.
  ///
  /// Labels were checked when the store was opened, but a mapped file shows what is written later.
  func checkedLabel(of sample: Int) throws(DatasetError) -> Int32 {
    let label = label(of: sample)
    if label >= 0, label < classCount { return label }
    throw fault(of: sample, label: label, "; the shard has changed since it was opened")
  }

  /// The pixels [H, W, C] of a sample, where they lie in the mapped file.
  @_lifetime(borrow self)
  public func pixels(of sample: Int) -> Span<UInt8> {
    let shard = shard(of: sample)
    let first = unsafe shards[shard].images + (sample - starts[shard]) * sampleBytes
    let pixels = unsafe Span<UInt8>(
      _unsafeStart: first.assumingMemoryBound(to: UInt8.self), count: sampleBytes)
    // The store keeps its mappings for as long as it lives.
    return unsafe _overrideLifetime(pixels, borrowing: self)
  }

  /// The number of shards.
  public var shardCount: Int { shards.count }

  /// Compares the bytes of one shard with the digest in the index; throws if it is damaged.
  ///
  /// Ranks divide the shards among themselves.
  public func verify(shard: Int) throws {
    let entry = shards[shard].entry
    guard shards[shard].file.digest == entry.sha256 else {
      throw DatasetError(
        folder + "/" + entry.file, "the shard is damaged: its SHA-256 is not the one in the index",
        remedy: shardRemedy)
    }
  }

  /// The shard that holds a sample: the last that starts at or before it.
  private func shard(of sample: Int) -> Int {
    precondition(sample >= 0 && sample < count, "sample \(sample) of \(count)")
    var (low, high) = (0, shards.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= sample { low = middle } else { high = middle }
    }
    return low
  }

  private func checkLabels() throws(DatasetError) {
    for (shard, start) in zip(shards, starts) {
      for index in 0..<shard.entry.samples {
        let label = shard.label(index)
        guard label >= 0, label < classCount else { throw fault(of: start + index, label: label) }
      }
    }
  }

  private func fault(of sample: Int, label: Int32, _ remark: String = "") -> DatasetError {
    let shard = shard(of: sample)
    return DatasetError(
      folder + "/" + shards[shard].entry.file,
      "label \(label) of sample \(sample) (\(sample - starts[shard]) in the shard) "
        + "is outside the \(classCount) classes\(remark)",
      remedy: shardRemedy)
  }
}
