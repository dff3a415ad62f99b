public import Storage

extension ShardIndex {
  /// Where a shard's samples lie, and the digests of its parts: of runs of images, the blocks, and of
  /// all else, the head.
  ///
  /// Places stand here so that a rank maps a shard without libhdf5, which trusts what it reads: a
  /// hostile file, its digests right, could make it crash.
  /// A block is compared with its digest when it is first read, the head when the shard is opened.
  public struct Blocks: Codable, Equatable, Sendable {
    /// Where the first image begins, in bytes from the start of the file.
    public var offset: Int
    /// Where the first label begins; labels are 32-bit, little-endian.
    public var labels: Int
    /// Where image files lie, if samples are such; nil where they are pixels.
    public var encoded: EncodedPlace?
    /// The samples of a block; the last may have fewer.
    public var samples: Int
    /// The digest of all bytes of the file that belong to no image: its structure, and all labels.
    public var head: SHA256Digest
    /// The digest of each block's images.
    public var digests: [SHA256Digest]

    /// Where image files, each of its own length, lie in a shard.
    public struct EncodedPlace: Codable, Equatable, Sendable {
      /// Where the first offset begins, in bytes from the start of the file.
      ///
      /// There are 64-bit, little-endian offsets of all images, and one more of the end, counted from
      /// the first image.
      public var offsets: Int
      /// The bytes of all images.
      public var bytes: Int
    }

    /// The samples of the block `number` of a shard that has `count`.
    internal func samples(of number: Int, count: Int) -> Range<Int> {
      number * samples..<min((number + 1) * samples, count)
    }

    /// The digests of a shard's file, in which images begin at `offset` and labels at `labels`, and
    /// image `n` ends `ends[n]` bytes after `offset`: it must hold them all.
    package init(
      of file: RawSpan, offset: Int, labels: Int, ends: [Int], encoded: EncodedPlace? = nil
    ) {
      let count = ends.count
      let all = ends.last ?? 0
      self.offset = offset
      self.labels = labels
      self.encoded = encoded
      samples = Self.samples(ofBytes: all, sampleBytes: max(1, all / max(count, 1)))
      head = Self.head(of: file, images: offset..<offset + all)
      digests = []
      for number in 0..<(count + samples - 1) / samples {
        let range = samples(of: number, count: count)
        let first = range.lowerBound == 0 ? 0 : ends[range.lowerBound - 1]
        let bytes = offset + first..<offset + ends[range.upperBound - 1]
        digests.append(SHA256Digest(of: file.extracting(bytes)))
      }
    }

    /// The digest of all but the images.
    internal static func head(of file: RawSpan, images: Range<Int>) -> SHA256Digest {
      var hasher = SHA256Hasher()
      hasher.update(file.extracting(0..<images.lowerBound))
      hasher.update(file.extracting(images.upperBound..<file.byteCount))
      return hasher.finish()
    }

    /// The samples of a block: 64 blocks a shard, but of 64 KB at least, and of one sample.
    private static func samples(ofBytes bytes: Int, sampleBytes: Int) -> Int {
      max(1, max(bytes / 64, 64 << 10) / sampleBytes)
    }

    /// What is wrong with it for a shard of so many samples and bytes; nil if it fits.
    ///
    /// - Parameter sampleBytes: the bytes of a sample; nil where samples are image files.
    internal func fault(samples count: Int, sampleBytes: Int?, fileBytes: Int) -> String? {
      guard (sampleBytes == nil) == (encoded != nil) else {
        return "it says otherwise than the index whether samples are image files"
      }
      // All numbers come from a file: no sum or product may overflow.
      guard samples > 0, samples <= 1 << 40, count <= Int(UInt32.max),
        digests.count == (count + samples - 1) / samples
      else { return "\(digests.count) digests of blocks of \(samples) samples" }
      let (bytes, overflows) =
        sampleBytes.map { count.multipliedReportingOverflow(by: $0) } ?? (
          encoded?.bytes ?? 0, false
        )
      guard !overflows, bytes > 0, offset >= 0, bytes <= fileBytes, offset <= fileBytes - bytes
      else {
        return "images at \(offset) lie beyond its end"
      }
      // The head's digest covers labels and offsets only where they lie outside the images.
      func isOutside(_ start: Int, _ length: Int) -> Bool {
        start >= 0 && start <= fileBytes - length
          && (start + length <= offset || start >= offset + bytes)
      }
      guard isOutside(labels, 4 * count) else {
        return "labels at \(labels) lie beyond its end or among its images"
      }
      guard encoded.map({ isOutside($0.offsets, 8 * (count + 1)) }) ?? true else {
        return "offsets lie beyond its end or among its images"
      }
      return nil
    }
  }
}

extension ShardIndex.Shard {
  /// Describes a shard's file with the given blocks.
  package init(file: String, holding bytes: RawSpan, blocks: ShardIndex.Blocks, samples: Int) {
    self.file = file
    self.samples = samples
    self.bytes = bytes.byteCount
    sha256 = SHA256Digest(of: bytes)
    self.blocks = blocks
  }
}
