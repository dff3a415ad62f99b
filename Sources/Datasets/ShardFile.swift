internal import HDF5
internal import Storage

/// A shard in the making: its place in the split, and the bytes of its file.
internal struct ShardFile {
  let entry: ShardIndex.Shard
  let bytes: [UInt8]

  /// Builds the file of the samples `range` of a split: `labels` and `images`, both contiguous.
  ///
  /// Image files follow each other in `images`, and `offsets` says where each begins, and at last
  /// where all end.
  init(_ samples: LabelledImages, _ range: Range<Int>, name: String) throws {
    let file = try HDF5File(inMemory: name)
    let labels = samples.labels[range].map { Int32($0) }
    // Labels first: they are small, and come with the page that holds the file's own structure.
    let labelled = try file.root.write(labels.span, named: "labels", extents: [range.count])
    let ends = samples.ends(of: range)
    var offsetPlace: Int?
    if samples.isEncoded {
      let offsets = [0] + ends.map { Int64($0) }
      offsetPlace = try file.root.write(
        offsets.span, named: "offsets", extents: [offsets.count]
      ).fileOffset
    }
    let bytes = samples.bytes(of: range)
    let images = try file.root.write(
      bytes.span, named: "images",
      extents: samples.isEncoded ? [bytes.count] : [range.count] + samples.shape)
    guard let offset = images.fileOffset, let labelOffset = labelled.fileOffset,
      !samples.isEncoded || offsetPlace != nil
    else {
      throw DatasetError(
        name, "its samples have no place in the file", remedy: "report it",
        exitCode: .software)
    }
    let whole = try file.image()
    let blocks = ShardIndex.Blocks(
      of: unsafe whole.span.bytes, offset: offset, labels: labelOffset, ends: ends,
      encoded: offsetPlace.map { .init(offsets: $0, bytes: bytes.count) })
    entry = ShardIndex.Shard(
      file: name, holding: unsafe whole.span.bytes, blocks: blocks, samples: range.count)
    self.bytes = whole
  }
}
