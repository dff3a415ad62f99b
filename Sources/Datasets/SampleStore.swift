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
  /// What is known of the blocks; nil where they are not looked at.
  private let ledger: BlockLedger?
  /// The number of each shard's first block, and of all at the end.
  private let blockStarts: [Int]

  /// Maps all shards of `split` in `folder`, and checks their sizes, structure and all labels.
  ///
  /// Where `checksBlocks`, images are compared with the index's digests when they are first read.
  internal init(
    _ split: ShardIndex.Split, folder: String, shape: Shape, classCount: Int,
    checksBlocks: Bool = true
  ) throws {
    let shards = try split.shards.map { try MappedShard($0, folder: folder, shape: shape) }
    var starts = [0]
    for shard in shards {
      starts.append(starts[starts.count - 1] + shard.entry.samples)
    }
    var blockStarts = [0]
    for shard in shards {
      blockStarts.append(
        blockStarts[blockStarts.count - 1] + shard.entry.blocks.digests.count)
    }
    self.blockStarts = blockStarts
    ledger = checksBlocks ? BlockLedger(count: blockStarts[shards.count]) : nil
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

  /// The file of the shard that holds a sample, and the sample's number there.
  public func place(of sample: Int) -> (file: String, index: Int) {
    let shard = shard(of: sample)
    return (shards[shard].entry.file, sample - starts[shard])
  }

  /// The number of shards.
  public var shardCount: Int { shards.count }

  /// Whether images are compared with the index's digests when they are first read.
  public var checksBlocks: Bool { ledger != nil }

  /// Compares the bytes of one shard with the digest in the index; throws if it is damaged.
  public func verify(shard: Int) throws {
    if let fault = faults(shard: shard).first { throw fault }
  }

  /// What is wrong with the bytes of one shard: an error for each damaged block.
  func faults(shard: Int) -> [DatasetError] {
    let entry = shards[shard].entry
    if shards[shard].file.digest == entry.sha256 { return [] }
    var hasher = SHA256Hasher()
    let damaged = (0..<(entry.blocks.digests.count)).filter {
      !shards[shard].isSound(block: $0, sampleBytes: sampleBytes, &hasher)
    }
    if !damaged.isEmpty { return damaged.map { fault(block: $0, of: shard) } }
    return [
      DatasetError(
        folder + "/" + entry.file, "the shard is damaged: its SHA-256 is not the one in the index",
        remedy: shardRemedy)
    ]
  }

  /// Whether the block of a sample is what the index says; compared when it is first asked about.
  ///
  /// Allocates nothing.
  func isSound(_ sample: Int, _ hasher: inout SHA256Hasher) -> Bool {
    guard let ledger else { return true }
    let shard = shard(of: sample)
    let block = block(of: sample, in: shard)
    let known = ledger[blockStarts[shard] + block]
    if known != .unknown { return known == .sound }
    let isSound = shards[shard].isSound(block: block, sampleBytes: sampleBytes, &hasher)
    ledger[blockStarts[shard] + block] = isSound ? .sound : .damaged
    return isSound
  }

  /// What is wrong with the block of a sample that is not sound.
  func damage(at sample: Int) -> DatasetError {
    let shard = shard(of: sample)
    return fault(block: block(of: sample, in: shard), of: shard)
  }

  /// The number of blocks of all shards.
  public var blockCount: Int { blockStarts[shards.count] }

  /// What is wrong with a block that is damaged, for a message.
  public func damage(ofBlock number: Int) -> DatasetError {
    let shard = blockStarts.lastIndex { $0 <= number } ?? 0
    return fault(block: number - blockStarts[shard], of: shard)
  }

  /// The number of a sample's block in the split.
  func blockNumber(of sample: Int) -> Int {
    let shard = shard(of: sample)
    return blockStarts[shard] + block(of: sample, in: shard)
  }

  /// The number of a sample's block in its shard.
  private func block(of sample: Int, in shard: Int) -> Int {
    (sample - starts[shard]) / shards[shard].entry.blocks.samples
  }

  private func fault(block: Int, of shard: Int) -> DatasetError {
    let entry = shards[shard].entry
    let samples = entry.blocks.samples(of: block, count: entry.samples)
    let (first, last) = (starts[shard] + samples.lowerBound, starts[shard] + samples.upperBound - 1)
    return DatasetError(
      folder + "/" + entry.file,
      "block \(block) is damaged, samples \(first) to \(last): its SHA-256 is not the one in the "
        + "index",
      remedy: shardRemedy + ", or go on without them with --on-damaged skip")
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
