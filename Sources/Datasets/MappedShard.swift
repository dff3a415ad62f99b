internal import HDF5
internal import Storage

/// One shard, mapped into memory, with the places of its images and labels.
///
/// Sendable because nothing in it, nor in the mapped file, ever changes.
@safe internal final class MappedShard: @unchecked Sendable {
  let entry: ShardIndex.Shard
  let file: MappedFile
  /// The first byte of the first image; images [samples, H, W, C] follow each other.
  let images: UnsafeRawPointer
  /// The first label; labels are 32-bit, little-endian, at any alignment.
  let labels: UnsafeRawPointer

  /// Maps the shard and finds its datasets; throws an error that names it if anything is amiss.
  init(_ entry: ShardIndex.Shard, folder: String, shape: Shape) throws {
    let path = folder + "/" + entry.file
    // A link may lead anywhere, out of the data set's folder, too.
    guard !MappedFile.isLink(path) else {
      throw DatasetError(path, "the shard is a symbolic link", remedy: "put the file in its place")
    }
    let file = try MappedFile(path)
    guard file.count == entry.bytes else {
      throw DatasetError(
        path,
        "the shard has \(file.count) bytes instead of \(entry.bytes): "
          + (file.count < entry.bytes ? "it is truncated" : "it is not the one in the index"),
        remedy: shardRemedy)
    }
    // Before libhdf5 sees the file: it trusts what it reads. Without digests of parts the whole is
    // compared.
    if let blocks = entry.blocks {
      let images = blocks.offset..<blocks.offset + entry.samples * shape.count
      guard ShardIndex.Blocks.head(of: file.bytes, images: images) == blocks.head else {
        throw DatasetError(
          path,
          "the shard is damaged in its structure or its labels: their SHA-256 is not the one "
            + "in the index", remedy: shardRemedy)
      }
    } else if file.digest != entry.sha256 {
      throw DatasetError(
        path, "the shard is damaged: its SHA-256 is not the one in the index", remedy: shardRemedy)
    }
    let hdf5 = try HDF5File(reading: path)
    let images = try hdf5.root.dataset("images")
    let labels = try hdf5.root.dataset("labels")
    let imageOffset = try placeInFile(
      images, .uint8, [entry.samples] + shape.extents, elementBytes: 1, file.count)
    let labelOffset = try placeInFile(
      labels, .int32, [entry.samples], elementBytes: 4, file.count)
    guard entry.blocks.map({ $0.offset == imageOffset }) ?? true else {
      throw DatasetError(
        path, "its images begin at \(imageOffset), the index says otherwise", remedy: shardRemedy)
    }
    guard let start = unsafe file.unsafeBytes.baseAddress else {
      throw DatasetError(path, "the shard is empty", remedy: shardRemedy)
    }
    unsafe self.images = start + imageOffset
    unsafe self.labels = start + labelOffset
    self.entry = entry
    self.file = file
  }

  /// Whether a block's images are what the index says.
  func isSound(block: Int, sampleBytes: Int, _ hasher: inout SHA256Hasher) -> Bool {
    guard let blocks = entry.blocks else { return true }
    let samples = blocks.samples(of: block, count: entry.samples)
    let first = blocks.offset + samples.lowerBound * sampleBytes
    let last = blocks.offset + samples.upperBound * sampleBytes
    return file.digest(of: first..<last, &hasher) == blocks.digests[block]
  }

  /// The label of the sample with index `sample` in this shard.
  func label(_ sample: Int) -> Int32 {
    let label = unsafe labels.loadUnaligned(fromByteOffset: 4 * sample, as: Int32.self)
    return Int32(littleEndian: label)
  }
}

internal let shardRemedy = "make the data set again with `sharder create`"

/// Where a dataset's elements begin; throws unless it has this type and extents, and lies whole,
/// contiguous and unfiltered inside the file.
private func placeInFile(
  _ dataset: borrowing HDF5Dataset, _ type: HDF5ElementType, _ extents: [Int], elementBytes: Int,
  _ fileBytes: Int
) throws -> Int {
  guard dataset.type.isStored(as: type), dataset.extents == extents else {
    throw DatasetError(
      dataset.place,
      "it holds \(dataset.type) \(dataset.extents) instead of \(type.rawValue) \(extents)",
      remedy: shardRemedy)
  }
  guard let offset = dataset.fileOffset else {
    throw DatasetError(
      dataset.place, "it is not contiguous, so it cannot be mapped", remedy: shardRemedy)
  }
  // The offset comes from the file and may be anything: no sum that could overflow.
  guard offset >= 0, offset <= fileBytes - elementBytes * dataset.count else {
    throw DatasetError(
      dataset.place, "its elements lie beyond the end of the file", remedy: shardRemedy)
  }
  return offset
}
