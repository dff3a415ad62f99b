import Datasets
import Foundation
import Storage
import Testing

/// Making data sets: the same input gives the same bytes, and nothing is replaced unasked.
@Suite struct ShardingTests {
  /// Every file of a folder with its digest.
  private func digests(_ folder: String) throws -> [String: SHA256Digest] {
    var digests: [String: SHA256Digest] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      digests[name] = try MappedFile(folder + "/" + name).digest
    }
    return digests
  }

  @Test(arguments: [nil, 1, 3, 53])
  func `sharding twice gives the same bytes`(shards: Int?) throws {
    try withTemporaryFolder { folder in
      try writeOriginals(folder)
      for output in ["/a", "/b"] {
        try createDataset(from: Source(folder), in: folder + output, shards: shards)
      }
      let first = try digests(folder + "/a")
      #expect(first == (try digests(folder + "/b")))
      // A split of 17 samples has at most 17 shards.
      #expect(first.count == 1 + (shards ?? 1) + min(shards ?? 1, 17))
    }
  }

  @Test func `the number of shards changes neither samples nor the content's digest`() throws {
    try withTemporaryFolder { folder in
      let whole = try makeDataset(folder)
      let cut = try createDataset(from: Source(folder), in: folder + "/cut", shards: 5).dataset
      #expect(cut.index != whole.index)
      #expect(cut.index.dataDigest == whole.index.dataDigest)
      let (a, b) = (try whole.split("train"), try cut.split("train"))
      #expect(b.shardCount == 5)
      for sample in 0..<53 {
        #expect(a.label(of: sample) == b.label(of: sample))
        for pixel in 0..<15 {
          let (left, right) = (a.pixels(of: sample)[pixel], b.pixels(of: sample)[pixel])
          #expect(left == right)
        }
      }
    }
  }

  @Test func `samples are those of the originals`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder, shards: 2)
      #expect(dataset.shape == [5, 3, 1])
      #expect(dataset.classNames == ["0", "1", "2", "3", "4", "5", "6"])
      let store = try dataset.split("test")
      let random = RandomStream(seed: 2, purpose: .synthesis)
      for sample in 0..<17 {
        #expect(store.label(of: sample) == Int32(sample % 7))
        for pixel in 0..<15 {
          let value = store.pixels(of: sample)[pixel]
          #expect(value == UInt8(truncatingIfNeeded: random.word(15 * sample + pixel)))
        }
      }
      #expect(dataset.verify().isEmpty)
    }
  }

  @Test func `repeating is harmless, mends shards, and replaces another set only by force`() throws
  {
    try withTemporaryFolder { folder in
      try writeOriginals(folder)
      let output = folder + "/data"
      #expect(try createDataset(from: Source(folder), in: output, shards: 3).outcome == .created)
      let before = try digests(output)
      #expect(try createDataset(from: Source(folder), in: output, shards: 3).outcome == .unchanged)
      try rewrite(output + "/test-00001-of-00003.h5") { $0.removeLast() }
      try FileManager.default.removeItem(atPath: output + "/train-00000-of-00003.h5")
      #expect(try createDataset(from: Source(folder), in: output, shards: 3).outcome == .created)
      #expect(try digests(output) == before)
      let refused = #expect(throws: DatasetError.self) {
        try createDataset(from: Source(folder), in: output, shards: 2)
      }
      #expect(refused?.exitCode == .usage)
      #expect(try digests(output) == before)
      try createDataset(from: Source(folder), in: output, shards: 2, force: true)
      #expect(try digests(output).count == 5)
      #expect(try Dataset(folder: output).verify().isEmpty)
    }
  }
}
