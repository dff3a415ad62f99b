internal import Storage

/// One shard, mapped into memory, with the places of its images and labels.
///
/// Sendable because nothing in it, nor in the mapped file, ever changes.
@safe internal final class MappedShard: @unchecked Sendable {
  let entry: ShardIndex.Shard
  let file: MappedFile
  /// The first byte of the first image; images [samples, H, W, C], or image files, follow each other.
  let images: UnsafeRawPointer
  /// Where image files begin, and where the last one ends, at any alignment; nil for pixels.
  private let offsets: UnsafeRawPointer?
  /// The bytes of all images, and of each where they are pixels.
  private let imageBytes: Int
  private let sampleBytes: Int
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
    sampleBytes = shape.count
    imageBytes = blocks.encoded?.bytes ?? entry.samples * shape.count
    let images = blocks.offset..<blocks.offset + imageBytes
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
    unsafe offsets = blocks.encoded.map { unsafe start + $0.offsets }
    self.entry = entry
    self.file = file
    try checkOffsets(path)
  }

  /// Throws unless image files follow each other from the first byte to the last, none empty.
  private func checkOffsets(_ path: String) throws {
    var end = 0
    for sample in 0..<entry.samples {
      guard let place = place(sample), place.lowerBound == end else {
        throw DatasetError(
          path, "the offsets of sample \(sample) in the shard are damaged", remedy: shardRemedy)
      }
      end = place.upperBound
    }
    guard end == imageBytes else {
      throw DatasetError(
        path, "its last image ends at byte \(end) of \(imageBytes)", remedy: shardRemedy)
    }
  }

  /// Where a sample lies among the bytes of all images; nil if that is impossible: a mapped file shows
  /// what is written after it was checked.
  func place(_ sample: Int) -> Range<Int>? {
    guard let offsets = unsafe offsets else {
      return sample * sampleBytes..<(sample + 1) * sampleBytes
    }
    func offset(_ number: Int) -> Int {
      unsafe Int(
        Int64(littleEndian: offsets.loadUnaligned(fromByteOffset: 8 * number, as: Int64.self)))
    }
    let (start, end) = (offset(sample), offset(sample + 1))
    return start >= 0 && start < end && end <= imageBytes ? start..<end : nil
  }

  /// Whether a block's images are what the index says.
  func isSound(block: Int, _ hasher: inout SHA256Hasher) -> Bool {
    let blocks = entry.blocks
    let samples = blocks.samples(of: block, count: entry.samples)
    guard let first = place(samples.lowerBound)?.lowerBound,
      let last = place(samples.upperBound - 1)?.upperBound, first < last
    else { return false }
    return file.digest(of: blocks.offset + first..<blocks.offset + last, &hasher)
      == blocks.digests[block]
  }

  /// The label of the sample with index `sample` in this shard.
  func label(_ sample: Int) -> Int32 {
    let label = unsafe labels.loadUnaligned(fromByteOffset: 4 * sample, as: Int32.self)
    return Int32(littleEndian: label)
  }
}

internal let shardRemedy = "make the data set again with `sharder create`"
