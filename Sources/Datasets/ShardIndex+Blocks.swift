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
    /// The samples of a block; the last may have fewer.
    public var samples: Int
    /// The digest of all bytes of the file that belong to no image: its structure, and all labels.
    public var head: SHA256Digest
    /// The digest of each block's images.
    public var digests: [SHA256Digest]

    /// The samples of the block `number` of a shard that has `count`.
    internal func samples(of number: Int, count: Int) -> Range<Int> {
      number * samples..<min((number + 1) * samples, count)
    }

    /// The digests of a shard's file, whose images of so many bytes each begin at `offset`, and its
    /// labels at `labels`: it must hold them all.
    internal init(of file: RawSpan, offset: Int, labels: Int, samples: Int, sampleBytes: Int) {
      self.offset = offset
      self.labels = labels
      self.samples = Self.samples(ofBytes: samples * sampleBytes, sampleBytes: sampleBytes)
      head = Self.head(of: file, images: offset..<offset + samples * sampleBytes)
      let count = (samples + self.samples - 1) / self.samples
      digests = []
      for number in 0..<count {
        let range = self.samples(of: number, count: samples)
        let bytes =
          offset + range.lowerBound * sampleBytes..<offset + range.upperBound * sampleBytes
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
    internal func fault(samples count: Int, sampleBytes: Int, fileBytes: Int) -> String? {
      // All numbers come from a file: no sum or product may overflow.
      guard samples > 0, samples <= 1 << 40, count <= Int(UInt32.max),
        digests.count == (count + samples - 1) / samples
      else { return "\(digests.count) digests of blocks of \(samples) samples" }
      let (bytes, overflows) = count.multipliedReportingOverflow(by: sampleBytes)
      guard !overflows, offset >= 0, bytes <= fileBytes, offset <= fileBytes - bytes else {
        return "images at \(offset) lie beyond its end"
      }
      // The head's digest covers labels only where they lie outside the images.
      let end = fileBytes - 4 * count
      guard labels >= 0, labels <= end, labels + 4 * count <= offset || labels >= offset + bytes
      else { return "labels at \(labels) lie beyond its end or among its images" }
      return nil
    }
  }
}

extension ShardIndex.Shard {
  /// Describes a shard's file, in which the images of `samples` samples, of so many bytes each, begin
  /// at `images`, and their labels at `labels`: it must hold them all.
  public init(
    file: String, holding bytes: RawSpan, images: Int, labels: Int, samples: Int, sampleBytes: Int
  ) {
    self.file = file
    self.samples = samples
    self.bytes = bytes.byteCount
    sha256 = SHA256Digest(of: bytes)
    blocks = ShardIndex.Blocks(
      of: bytes, offset: images, labels: labels, samples: samples, sampleBytes: sampleBytes)
  }
}
