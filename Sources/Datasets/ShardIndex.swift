internal import Images
public import Storage

/// What a data set's `index.json` says: its shape, classes, splits and shards.
public struct ShardIndex: Codable, Equatable, Sendable {
  /// A run of samples in a file of their own.
  public struct Shard: Codable, Equatable, Sendable {
    /// The file's name in the data set's folder.
    public var file: String
    /// The number of samples.
    public var samples: Int
    /// The size of the file in bytes.
    public var bytes: Int
    /// The digest of the whole file.
    public var sha256: SHA256Digest
    /// Where its samples lie in the file, and the digests of its parts.
    public var blocks: Blocks
  }

  /// The samples for one use: `train`, `test` or `validation`.
  public struct Split: Codable, Equatable, Sendable {
    /// The number of samples.
    public var samples: Int
    /// The digest of all images' bytes and all labels, however they are cut into shards.
    public var digest: SHA256Digest
    /// The shards, in the order of their samples.
    public var shards: [Shard]
  }

  /// What is said of samples that are image files as they were: for readers' memory.
  public struct EncodedImages: Codable, Equatable, Sendable {
    /// The bytes of the largest file.
    public var largestFile: Int
    /// The pixels of the largest image.
    public var largestImage: Int
    /// The larger of the width and height of any image.
    public var longestSide: Int

    /// The largest of the given files; nil for none.
    internal init?(_ files: [EncodedFile]) {
      guard !files.isEmpty else { return nil }
      largestFile = files.map(\.bytes.count).max() ?? 0
      largestImage = files.map { $0.width * $0.height }.max() ?? 0
      longestSide = files.map { max($0.width, $0.height) }.max() ?? 0
    }

    /// The longest side of an image that is kept: that of the longest JPEG.
    internal static let sideLimit = 65_535

    /// Whether files in shards of the given splits may be so large: readers take memory for them
    /// before they have seen one.
    fileprivate func isPossible(in splits: some Collection<Split>) -> Bool {
      let largestShard = splits.flatMap(\.shards).map(\.bytes).max() ?? 0
      return (1...max(largestShard, 1)).contains(largestFile)
        && (1...Image.usualPixelLimit).contains(largestImage)
        && (1...min(largestImage, Self.sideLimit)).contains(longestSide)
    }
  }

  /// The largest height and width that images are brought to.
  public static let largestSize = 4096

  /// The versions that this code writes and reads: 4 has image files for samples, 3 pixels.
  public static let versions = 3...4

  /// The version of an index of samples that are image files, or pixels.
  internal static func version(isEncoded: Bool) -> Int { isEncoded ? 4 : 3 }

  /// The file's name in the data set's folder.
  public static let fileName = "index.json"

  /// The version of the format.
  public var version: Int
  /// The extents of a sample, [H, W, C]; what image files are brought to unless told otherwise.
  public var shape: [Int]
  /// The names of the classes; a label is an index into them.
  public var classes: [String]
  /// Means of the training split's channels, where a byte v stands for v / 255.
  public var means: [Double]
  /// Standard deviations of the training split's channels, in the same units.
  public var deviations: [Double]
  /// How image files were brought to the samples' size; nil where the samples came in that size.
  public var resize: ResizeRule?
  /// Where samples are image files as they were, for ranks to decode, how large they are; else nil.
  public var encodedImages: EncodedImages?
  /// The splits by name; `train` is always there.
  public var splits: [String: Split]
  /// The digest of the file itself, with zeros in place of this digest.
  internal var sha256: SHA256Digest?

  /// The digest of the content: equal for equal samples, labels and classes in equal order,
  /// wherever the data set lies and however it is cut into shards.
  public var dataDigest: SHA256Digest {
    // Of the content's form, not of the index's: another version describes the same data.
    var text = "lockstep data 1\nshape \(shape)\nclasses \(classes)\n"
    text += "means \(means)\ndeviations \(deviations)\n"
    if encodedImages != nil { text += "image files\n" }
    for (name, split) in splits.sorted(by: { $0.key < $1.key }) {
      text += "split \(name) \(split.samples) \(split.digest.hex)\n"
    }
    return SHA256Digest(of: text)
  }

  /// The first thing that is wrong with the index, in words; nil if it is sound.
  internal var fault: String? {
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 && $0 < 1 << 20 }) else {
      return "shape \(shape) is not [height, width, channels]"
    }
    guard !classes.isEmpty else { return "it names no classes" }
    guard means.count == shape[2], deviations.count == shape[2] else {
      return "\(means.count) means and \(deviations.count) deviations for \(shape[2]) channels"
    }
    guard (means + deviations).allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      return "means \(means) or deviations \(deviations) are impossible"
    }
    guard splits["train"] != nil else { return "it has no split named train" }
    guard version == Self.version(isEncoded: encodedImages != nil) else {
      return "encodedImages does not fit version \(version)"
    }
    if let images = encodedImages {
      let numbers = [images.largestFile, images.largestImage, images.longestSide]
      guard images.isPossible(in: splits.values), shape[2] == 3 else {
        return "encodedImages says \(numbers) of samples of shape \(shape)"
      }
      guard shape.allSatisfy({ $0 <= Self.largestSize }) else {
        return "image files become no samples of shape \(shape)"
      }
    }
    for (name, split) in splits.sorted(by: { $0.key < $1.key }) {
      if let fault = split.fault(sampleBytes: encodedImages == nil ? shape.reduce(1, *) : nil) {
        return "split \(name): \(fault)"
      }
    }
    return nil
  }
}

extension ShardIndex.Split {
  /// The first thing that is wrong with the split, in words; nil if it is sound.
  fileprivate func fault(sampleBytes: Int?) -> String? {
    for shard in shards {
      guard shard.samples > 0, shard.bytes > 0 else { return "shard \(shard.file) is empty" }
      guard !shard.file.isEmpty, !shard.file.contains("/"), !shard.file.contains("\0"),
        shard.file != ".", shard.file != ".."
      else {
        return "shard \(shard.file) is not in the data set's own folder"
      }
      if let fault = shard.blocks.fault(
        samples: shard.samples, sampleBytes: sampleBytes, fileBytes: shard.bytes)
      {
        return "shard \(shard.file): \(fault)"
      }
    }
    // Sizes come from a file: their sum may be anything.
    let sum = shards.reduce(into: 0.0) { $0 += Double($1.samples) }
    guard Double(samples) == sum, samples > 0, samples <= Int(UInt32.max) else {
      return "\(samples) samples, but its shards hold \(Int(min(sum, 1e15)))"
    }
    return nil
  }
}
