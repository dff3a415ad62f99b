internal import Kernels
internal import Storage

/// Images with their labels, read whole from original files.
internal struct LabelledImages {
  /// The extents of an image, [H, W, C]; the usual ones where image files are kept.
  var shape: [Int]
  /// The pixels [N, H, W, C]; none where image files are kept.
  var images: [UInt8]
  /// The files [N] that are kept as they are; none where samples are pixels.
  var files: [EncodedFile] = []
  /// The labels [N].
  var labels: [Int]
  /// The file that the labels come from.
  var labelFile: String

  /// The number of samples.
  var count: Int { labels.count }
  /// Whether samples are image files.
  var isEncoded: Bool { !files.isEmpty }
  /// The bytes of all samples together.
  private var byteCount: Int {
    isEncoded ? files.reduce(0) { $0 + $1.bytes.count } : images.count
  }

  /// The bytes of some samples, one after the other.
  func bytes(of range: Range<Int>) -> [UInt8] {
    if isEncoded { return Array(files[range].map(\.bytes).joined()) }
    let size = shape.reduce(1, *)
    return Array(images[range.lowerBound * size..<range.upperBound * size])
  }

  /// Where each of some samples ends, counted from the first byte of the first of them.
  func ends(of range: Range<Int>) -> [Int] {
    let size = shape.reduce(1, *)
    var end = 0
    return range.map { sample in
      end += isEncoded ? files[sample].bytes.count : size
      return end
    }
  }

  /// The digest of the content, however it is cut into shards: all pixels, or all files and then
  /// their lengths, and then all labels.
  var digest: SHA256Digest {
    var hasher = SHA256Hasher()
    hasher.update(unsafe images.span.bytes)
    for file in files { hasher.update(unsafe file.bytes.span.bytes) }
    let lengths = files.map { Int64($0.bytes.count).littleEndian }
    hasher.update(unsafe lengths.span.bytes)
    let numbers = labels.map { Int32($0).littleEndian }
    hasher.update(unsafe numbers.span.bytes)
    return hasher.finish()
  }

  /// The runs of samples of `shards` shards, or, for nil, of shards of at most about 64 MB.
  func runs(shards: Int?) -> [Range<Int>] {
    let bytes = byteCount + 4 * count
    let number = min(max(shards ?? (bytes + (64 << 20) - 1) / (64 << 20), 1), count)
    return (0..<number).map { $0 * count / number..<($0 + 1) * count / number }
  }

  /// Means and standard deviations of the channels.
  var statistics: (means: [Double], deviations: [Double]) {
    if isEncoded { return meansAndDeviations(of: files, pixels: shape[0] * shape[1]) }
    var counts = [Int](repeating: 0, count: 256 * shape[2])
    var span = counts.mutableSpan
    countPixelValues(images.span, channels: shape[2], into: &span)
    return meansAndDeviations(counts: counts.span, channels: shape[2])
  }

  /// Moves the given samples, in ascending order, to images of their own; the others close up.
  @discardableResult
  mutating func take(_ samples: [Int]) -> LabelledImages {
    var taken = LabelledImages(shape: shape, images: [], labels: [], labelFile: labelFile)
    guard !samples.isEmpty else { return taken }
    taken.labels = samples.map { labels[$0] }
    if isEncoded {
      taken.files = samples.map { files[$0] }
      files.remove(at: samples)
    } else {
      let size = shape.reduce(1, *)
      taken.images.reserveCapacity(samples.count * size)
      for sample in samples { taken.images += images[sample * size..<(sample + 1) * size] }
      closeUp(over: samples, size: size)
    }
    labels.remove(at: samples)
    return taken
  }

  /// Removes the pixels of samples in place: all of them twice in memory would be too much.
  private mutating func closeUp(over samples: [Int], size: Int) {
    var next = 0
    var kept = 0
    for sample in labels.indices {
      if next < samples.count && samples[next] == sample {
        next += 1
        continue
      }
      if kept < sample {
        for index in 0..<size { images[kept * size + index] = images[sample * size + index] }
      }
      kept += 1
    }
    images.removeLast((labels.count - kept) * size)
  }
}

extension Array {
  /// Removes the elements at the given places.
  fileprivate mutating func remove(at places: [Int]) {
    let removed = Set(places)
    self = indices.filter { !removed.contains($0) }.map { self[$0] }
  }
}
