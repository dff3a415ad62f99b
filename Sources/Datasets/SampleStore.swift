public import Storage

/// The samples of one split, read from mapped shards without a copy.
///
/// Any number of readers may share a store; all processes on a machine share its pages.
@safe public final class SampleStore: Sendable {
  /// The number of samples.
  public let count: Int
  /// The shape of a sample, [H, W, C]; image files are brought to it.
  public let shape: Shape
  /// How that is done.
  internal let resize: ResizeRule
  /// What is known of image files, where samples are such; nil where they are pixels.
  internal let encodedImages: ShardIndex.EncodedImages?
  /// The number of classes; every label is below it.
  public let classCount: Int

  private let shards: [MappedShard]
  /// The index of each shard's first sample, and the count of all at the end.
  private let starts: [Int]
  private let folder: String
  /// What is known of the blocks; nil where they are not looked at.
  private let ledger: BlockLedger?
  /// The number of each shard's first block, and of all at the end.
  private let blockStarts: [Int]

  /// Maps all shards of `split` in `folder`, and checks their sizes, structure and all labels.
  ///
  /// Where `checksBlocks`, images are compared with the index's digests when they are first read.
  internal init(
    _ split: ShardIndex.Split, of dataset: Dataset, checksBlocks: Bool = true
  ) throws {
    let (folder, shape) = (dataset.folder, dataset.shape)
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
    classCount = dataset.classNames.count
    resize = dataset.index.resize ?? .cover
    encodedImages = dataset.index.encodedImages
    count = split.samples
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
    throw labelFault(of: sample, label, "; the shard has changed since it was opened")
  }

  /// The pixels [H, W, C] of a sample that is no image file, where they lie in the mapped file.
  @_lifetime(borrow self)
  public func pixels(of sample: Int) -> Span<UInt8> {
    precondition(encodedImages == nil, "samples are image files: a SampleReader reads them")
    let bytes = unsafe bytes(of: sample) ?? UnsafeRawBufferPointer(start: nil, count: 0)
    // The store keeps its mappings for as long as it lives.
    return unsafe _overrideLifetime(bytes.assumingMemoryBound(to: UInt8.self).span, borrowing: self)
  }

  /// The image file that a sample is, where it lies in the mapped file; throws if its place is none
  /// any more.
  @_lifetime(borrow self)
  internal func imageFile(of sample: Int) throws(DatasetError) -> RawSpan {
    guard let bytes = unsafe bytes(of: sample) else {
      throw fault(of: sample, "has no place; the shard has changed since it was opened")
    }
    return unsafe _overrideLifetime(bytes.bytes, borrowing: self)
  }

  /// The bytes of a sample, which must not outlive the store.
  @unsafe internal func bytes(of sample: Int) -> UnsafeRawBufferPointer? {
    let shard = shard(of: sample)
    guard let place = shards[shard].place(sample - starts[shard]) else { return nil }
    return unsafe UnsafeRawBufferPointer(
      start: shards[shard].images + place.lowerBound, count: place.count)
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
      !shards[shard].isSound(block: $0, &hasher)
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
    let isSound = shards[shard].isSound(block: block, &hasher)
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
        guard label >= 0, label < classCount else { throw labelFault(of: start + index, label) }
      }
    }
  }

  private func labelFault(of sample: Int, _ label: Int32, _ remark: String = "") -> DatasetError {
    fault(of: sample, label: label, "is outside the \(classCount) classes\(remark)")
  }

  /// What is wrong with a sample, as an error that names its shard.
  internal func fault(of sample: Int, label: Int32? = nil, _ reason: String) -> DatasetError {
    let (file, index) = place(of: sample)
    return DatasetError(
      folder + "/" + file,
      (label.map { "label \($0) of " } ?? "")
        + "sample \(sample) (\(index) in the shard) \(reason)",
      remedy: shardRemedy)
  }
}
