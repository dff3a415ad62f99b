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

  /// Maps the shard and compares all but its images with the index, in which every place was found to
  /// lie inside the file; throws an error that names the shard if anything is amiss.
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
    let blocks = entry.blocks
    let images = blocks.offset..<blocks.offset + entry.samples * shape.count
    guard ShardIndex.Blocks.head(of: file.bytes, images: images) == blocks.head else {
      throw DatasetError(
        path,
        "the shard is damaged in its structure or its labels: their SHA-256 is not the one "
          + "in the index", remedy: shardRemedy)
    }
    guard let start = unsafe file.unsafeBytes.baseAddress else {
      throw DatasetError(path, "the shard is empty", remedy: shardRemedy)
    }
    unsafe self.images = start + blocks.offset
    unsafe self.labels = start + blocks.labels
    self.entry = entry
    self.file = file
  }

  /// Whether a block's images are what the index says.
  func isSound(block: Int, sampleBytes: Int, _ hasher: inout SHA256Hasher) -> Bool {
    let blocks = entry.blocks
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
