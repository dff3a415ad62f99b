internal import HDF5
internal import Storage

/// A shard in the making: its place in the split, and the bytes of its file.
internal struct ShardFile {
  let entry: ShardIndex.Shard
  let bytes: [UInt8]

  /// Builds the file of the samples `range` of a split: `images` and `labels`, both contiguous.
  init(_ samples: LabelledImages, _ range: Range<Int>, name: String) throws {
    let file = try HDF5File(inMemory: name)
    let size = samples.shape.reduce(1, *)
    let labels = samples.labels[range].map { Int32($0) }
    // Labels first: they are small, and come with the page that holds the file's own structure.
    let labelled = try file.root.write(labels.span, named: "labels", extents: [range.count])
    let images = try file.root.write(
      samples.images.span.extracting(range.lowerBound * size..<range.upperBound * size),
      named: "images", extents: [range.count] + samples.shape)
    guard let offset = images.fileOffset, let labelOffset = labelled.fileOffset else {
      throw DatasetError(
        name, "its samples have no place in the file", remedy: "report it",
        exitCode: .software)
    }
    let bytes = try file.image()
    entry = ShardIndex.Shard(
      file: name, holding: unsafe bytes.span.bytes, images: offset, labels: labelOffset,
      samples: range.count, sampleBytes: size)
    self.bytes = bytes
  }
}

extension LabelledImages {
  /// The digest of the content, however it is cut into shards: all pixels, then all labels.
  var digest: SHA256Digest {
    var hasher = SHA256Hasher()
    hasher.update(unsafe images.span.bytes)
    let numbers = labels.map { Int32($0).littleEndian }
    hasher.update(unsafe numbers.span.bytes)
    return hasher.finish()
  }

  /// The runs of samples of `shards` shards, or, for nil, of shards of at most about 64 MB.
  func runs(shards: Int?) -> [Range<Int>] {
    let bytes = images.count + 4 * count
    let number = min(max(shards ?? (bytes + (64 << 20) - 1) / (64 << 20), 1), count)
    return (0..<number).map { $0 * count / number..<($0 + 1) * count / number }
  }
}
