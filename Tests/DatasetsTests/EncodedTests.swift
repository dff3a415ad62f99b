import Datasets
import Foundation
import Pictures
import Storage
import Testing

/// Data sets that keep image files as they are: ranks decode them to what `sharder` would have made.
@Suite struct EncodedTests {
  /// Two classes of pictures of mixed sizes and kinds, the first turned by Exif; 11 of them.
  private func writePictures(_ folder: String) throws {
    for number in 0..<11 {
      let picture = Picture(
        width: 40 + 13 * number, height: 90 - 5 * number, channels: number == 5 ? 4 : 3,
        seed: UInt64(number))
      let isPNG = number % 3 == 2
      var bytes = isPNG ? picture.png() : picture.jpeg(progressive: number == 4)
      if number == 0 { bytes = withOrientation(6, bytes) }
      let name = "\(folder)/\(number % 2 == 0 ? "a" : "b")/\(number).\(isPNG ? "png" : "jpg")"
      try Folder.create(String(name[..<name.lastIndex(of: "/")!]))
      try DurableFile.write(bytes.span.bytes, to: name)
    }
  }

  private func source(_ folder: String, side: Int, encoded: Bool) -> Source {
    var source = Source(folder)
    source.imageFolders.side = side
    source.imageFolders.keepsEncoded = encoded ? true : nil
    return source
  }

  /// All images and labels of a split as a network sees them.
  private func seen(
    _ dataset: Dataset, split: String = "train", _ normalization: Normalization,
    checksBlocks: Bool = true
  ) throws -> (images: [Float], labels: [Int32]) {
    let store = try dataset.split(split, checksBlocks: checksBlocks)
    let count = EvaluationReader.microBatchCount(samples: store.count, microBatch: 4)
    let reader = EvaluationReader(
      store: store, normalization: normalization, microBatch: 4, share: 0..<count)
    var (images, labels): ([Float], [Int32]) = ([], [])
    var microBatches = reader.microBatches()
    while let microBatch = try microBatches.next() {
      for index in 0..<microBatch.count * store.shape.count {
        images.append(microBatch.images[index])
      }
      for slot in 0..<microBatch.count { labels.append(microBatch.labels[slot]) }
    }
    return (images, labels)
  }

  @Test(arguments: [16, 24]) func `are read as what sharder makes of them at that size`(
    side: Int
  ) throws {
    try withTemporaryFolder { folder in
      try writePictures(folder + "/in")
      let pixels = try createDataset(
        from: source(folder + "/in", side: side, encoded: false), in: folder + "/pixels"
      ).dataset
      var kept = source(folder + "/in", side: 16, encoded: true)
      kept.imageFolders.validation = 0.3
      let files = try createDataset(from: kept, in: folder + "/files", shards: 2).dataset
      #expect(files.index.version == 4 && files.shape == [16, 16, 3])
      let whole = try seen(pixels, pixels.normalization)
      let sized = try Dataset(folder: folder + "/files", size: side)
      #expect(sized.shape == [side, side, 3])
      #expect(sized.index.splits.mapValues(\.samples) == ["train": 7, "validation": 4])
      let size = 3 * side * side
      var images: [[Float]: Int32] = [:]
      for split in ["train", "validation"] {
        let part = try seen(sized, split: split, pixels.normalization)
        for (sample, label) in part.labels.enumerated() {
          images[Array(part.images[sample * size..<(sample + 1) * size])] = label
        }
      }
      #expect(images.count == 11)
      for (sample, label) in whole.labels.enumerated() {
        #expect(images[Array(whole.images[sample * size..<(sample + 1) * size])] == label)
      }
    }
  }

  @Test func `have the statistics of their images at the usual size`() throws {
    try withTemporaryFolder { folder in
      try writePictures(folder + "/in")
      let indices = try [false, true].map { encoded in
        try createDataset(
          from: source(folder + "/in", side: 16, encoded: encoded), in: "\(folder)/\(encoded)"
        ).dataset.index
      }
      for (a, b) in zip(
        indices[0].means + indices[0].deviations, indices[1].means + indices[1].deviations)
      { #expect(abs(a - b) < 1e-12 && a > 0) }
      let images = try #require(indices[1].encodedImages)
      #expect(images.longestSide == 170 && images.largestImage == 131 * 55)
    }
  }

  @Test func `are the same for any number of cores, and their content for any number of shards`()
    throws
  {
    try withTemporaryFolder { folder in
      try writePictures(folder + "/in")
      let indices = try [(1, 2), (3, 2), (2, 5)].map { cores, shards in
        var source = source(folder + "/in", side: 16, encoded: true)
        source.imageFolders.cores = cores
        let output = "\(folder)/\(cores)"
        let dataset = try createDataset(from: source, in: output, shards: shards).dataset
        #expect(dataset.verify().isEmpty)
        #expect(try createDataset(from: source, in: output, shards: shards).outcome == .unchanged)
        return dataset.index
      }
      #expect(indices[0] == indices[1])
      #expect(indices[0].dataDigest == indices[2].dataDigest && indices[0] != indices[2])
    }
  }

  @Test func `that are bad are named and skipped as asked`() throws {
    try withTemporaryFolder { folder in
      try writePictures(folder + "/in")
      try rewrite(folder + "/in/a/4.jpg") { $0.removeLast($0.count / 2) }
      var source = source(folder + "/in", side: 16, encoded: true)
      let error = #expect(throws: DatasetError.self) {
        try createDataset(from: source, in: folder + "/out")
      }
      #expect(error?.message.contains("a/4.jpg: it is a JPEG that is cut short") == true)
      source.imageFolders.badImages = .skip
      #expect(
        try createDataset(from: source, in: folder + "/out").dataset.split("train").count == 10)
    }
  }

  /// The first message of reading a data set whose only shard was changed; where it is `forged`, all
  /// digests of the index are made to fit.
  private func fault(
    forged: Bool, checksBlocks: Bool = true,
    _ change: (inout [UInt8], _ offsets: Int, _ images: Int) -> Void
  ) throws -> String? {
    try withTemporaryFolder { folder in
      try writePictures(folder + "/in")
      var index = try createDataset(
        from: source(folder + "/in", side: 16, encoded: true), in: folder + "/out"
      ).dataset.index
      let path = folder + "/out/train-00000-of-00001.h5"
      var blocks = index.splits["train"]!.shards[0].blocks
      let place = try #require(blocks.encoded)
      try rewrite(path) { change(&$0, place.offsets, blocks.offset) }
      if forged {
        let bytes = try MappedFile(path).contents
        var hasher = SHA256Hasher()
        let whole = bytes.span.bytes
        hasher.update(whole.extracting(0..<blocks.offset))
        hasher.update(whole.extracting(blocks.offset + place.bytes..<bytes.count))
        blocks.head = hasher.finish()
        index.splits["train"]!.shards[0].blocks = blocks
        try DurableFile.write(index.encoded(), to: folder + "/out/index.json")
      }
      do {
        let dataset = try Dataset(folder: folder + "/out")
        _ = try seen(dataset, dataset.normalization, checksBlocks: checksBlocks)
        return nil
      } catch let error as DatasetError {
        #expect(error.path == path && error.exitCode == .badData)
        return error.message
      }
    }
  }

  @Test func `whose places are damaged are refused, even where digests fit`() throws {
    for (byte, value) in [(8, 0), (15, 0x80), (15, 0x7F), (0, 1), (88, 255)] {
      let damaged = try fault(forged: false) { bytes, offsets, _ in
        bytes[offsets + byte] = UInt8(value)
      }
      #expect(damaged?.contains("damaged in its structure") == true, "\(damaged ?? "")")
      let forged = try fault(forged: true) { bytes, offsets, _ in
        bytes[offsets + byte] = UInt8(value)
      }
      let words = ["offsets", "ends at byte", "cannot be decoded"]
      #expect(words.contains { forged?.contains($0) == true }, "\(byte): \(forged ?? "")")
    }
  }

  @Test func `of impossible sizes are refused before memory is taken for them`() throws {
    try withTemporaryFolder { folder in
      try writePictures(folder + "/in")
      let sound = try createDataset(
        from: source(folder + "/in", side: 16, encoded: true), in: folder + "/out"
      ).dataset.index
      let lies: [(inout ShardIndex) -> Void] = [
        { $0.encodedImages!.largestImage = 1 << 32 }, { $0.encodedImages!.largestImage = 0 },
        { $0.encodedImages!.largestFile = 1 << 32 }, { $0.encodedImages!.longestSide = 1 << 20 },
        { $0.encodedImages!.longestSide = $0.encodedImages!.largestImage + 1 },
        { $0.shape = [1 << 19, 1 << 19, 3] },
      ]
      for lie in lies {
        var forged = sound
        lie(&forged)
        try DurableFile.write(forged.encoded(), to: folder + "/out/index.json")
        let error = #expect(throws: DatasetError.self) { try Dataset(folder: folder + "/out") }
        #expect(error?.exitCode == .badData && error?.message.contains("of shape") == true)
      }
    }
  }

  @Test func `that no longer decode are named with their sample, and their block before that`()
    throws
  {
    let block = try fault(forged: false) { bytes, _, images in bytes[images] = 0 }
    #expect(block?.contains("block 0 is damaged") == true, "\(block ?? "")")
    let sample = try fault(forged: false, checksBlocks: false) { bytes, _, images in
      bytes[images] = 0
    }
    #expect(sample?.contains("sample 0 (0 in the shard) cannot be decoded: it is neither") == true)
  }

  /// A crop of the whole photograph, as torchvision has it: at full area it is all of the image,
  /// not the square that other transforms see.
  @Test func `are seen whole by a random resized crop`() throws {
    try withTemporaryFolder { folder in
      try writePictures(folder + "/in")
      let dataset = try createDataset(
        from: source(folder + "/in", side: 16, encoded: true), in: folder + "/out"
      ).dataset
      let store = try dataset.split("train")
      func images(_ list: [TransformDescription]) throws -> [[Float]] {
        var reader = BatchReader(
          store: store, stream: SampleStream(count: store.count, seed: 5),
          augmentation: try Augmentation(list, channels: 3), normalization: dataset.normalization,
          globalBatch: 11, microBatch: 11, share: 0..<1)
        var images = [[Float]](repeating: [], count: 11)
        var microBatches = reader.microBatches(of: 0)
        while let batch = try microBatches.next() {
          let size = batch.images.count / 11
          for slot in 0..<11 {
            images[Int(batch.identities[slot].sample)] = (slot * size..<(slot + 1) * size).map {
              batch.images[$0]
            }
          }
        }
        return images
      }
      // 6.jpg, the fifth by name, is 118×60: a crop of that proportion is all of it.
      let crop = TransformDescription(
        "RandomResizedCrop",
        [
          "size": .numbers([16, 16]), "scale": .numbers([0.999, 1]),
          "ratio": .numbers([118.0 / 60, 118.0 / 60]),
        ])
      var whole = Source(folder + "/in")
      (whole.imageFolders.side, whole.imageFolders.rule) = (16, .stretch)
      let pixels = try createDataset(from: whole, in: folder + "/whole").dataset.split("train")
      let seen = try images([crop])[4]
      let mean = dataset.normalization.means, deviation = dataset.normalization.deviations
      for index in 0..<768 {
        let expected =
          (Double(pixels.pixels(of: 4)[index]) / 255 - mean[index % 3]) / deviation[index % 3]
        #expect(abs(Double(seen[index]) - expected) < 0.1)
      }
    }
  }

  @Test func `a size is refused where images have theirs`() throws {
    try withTemporaryFolder { folder in
      try writePictures(folder + "/in")
      try createDataset(from: source(folder + "/in", side: 16, encoded: false), in: folder + "/out")
      let error = #expect(throws: DatasetError.self) {
        try Dataset(folder: folder + "/out", size: 24)
      }
      #expect(error?.exitCode == .usage)
      #expect(throws: Never.self) { try Dataset(folder: folder + "/out", size: 16) }
    }
  }
}
