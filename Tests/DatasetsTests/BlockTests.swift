import Datasets
import Foundation
import Storage
import Testing

/// Digests of blocks: damage is found when it is first read, and may be left out.
@Suite struct BlockTests {
  /// 200 images of 40×40 in blocks of 40 samples, one shard, labels 0 to 6.
  private func makeBlocks(_ folder: String) throws -> Dataset {
    let random = RandomStream(seed: 3, purpose: .synthesis)
    let pixels = (0..<200 * 1600).map { UInt8(truncatingIfNeeded: random.word($0)) }
    try writeIDX(folder + "/train-images-idx3-ubyte", extents: [200, 40, 40], pixels)
    try writeIDX(
      folder + "/train-labels-idx1-ubyte", extents: [200], (0..<200).map { UInt8($0 % 7) })
    let dataset = try createDataset(from: Source(folder), in: folder + "/data").dataset
    let blocks = try #require(dataset.index.splits["train"]?.shards.first?.blocks)
    #expect(blocks.samples == 40 && blocks.digests.count == 5)
    return dataset
  }

  /// Flips a bit of a sample's image.
  private func damage(_ sample: Int, of dataset: Dataset) throws {
    let shard = try #require(dataset.index.splits["train"]?.shards.first)
    let offset = shard.blocks.offset
    try rewrite(dataset.folder + "/" + shard.file) { $0[offset + 1600 * sample + 700] ^= 4 }
  }

  private let normalization = Normalization(means: [0.5], deviations: [0.5])

  /// Reads an evaluation of the given samples; returns which samples counted.
  private func evaluated(
    _ samples: [UInt32]?, _ store: SampleStore, _ policy: DamagePolicy = .stop
  ) throws -> [UInt32] {
    let reader = EvaluationReader(
      store: store, samples: samples, normalization: normalization, microBatch: 16,
      share:
        0..<EvaluationReader.microBatchCount(
          samples: samples?.count ?? store.count, microBatch: 16), onDamaged: policy)
    var found: [UInt32] = []
    var microBatches = reader.microBatches()
    while let microBatch = try microBatches.next() {
      for slot in 0..<microBatch.count { found.append(microBatch.identities[slot].sample) }
    }
    return found
  }

  @Test func `a damaged block is named with its samples when it is first read, others are not`()
    throws
  {
    try withTemporaryFolder { folder in
      let dataset = try makeBlocks(folder)
      try damage(85, of: dataset)
      let store = try dataset.split("train")
      #expect(try evaluated([0, 79, 120, 199], store) == [0, 79, 120, 199])
      let error = #expect(throws: DatasetError.self) { try evaluated([3, 119], store) }
      #expect(error?.message.contains("block 2 is damaged, samples 80 to 119") == true)
      #expect(error?.message.contains("--on-damaged skip") == true)
      #expect(dataset.verify().count == 1 && dataset.verify()[0].contains("block 2"))
      // Unasked, nothing is compared.
      #expect(
        try evaluated([85], dataset.split("train", checksBlocks: false)) == [85])
    }
  }

  @Test func `an evaluation that skips damage counts every other sample once`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeBlocks(folder)
      for sample in [0, 85, 199] { try damage(sample, of: dataset) }
      let counted = try evaluated(nil, dataset.split("train"), .skip)
      #expect(counted == Array(40..<80) + Array(120..<160))
      #expect(try evaluated([1, 2, 3], dataset.split("train"), .skip) == [])
    }
  }

  /// What ranks of the given shares read of some steps, by micro-batch, and what they left out.
  private func trained(
    _ dataset: Dataset, _ shares: [Range<Int>], firstStep: Int = 0, ahead: Bool = false
  ) throws -> (samples: [[SampleIdentity]], leftOut: [Int64]) {
    var samples = [[SampleIdentity]](repeating: [], count: 4 * 30)
    var leftOut = [Int64](repeating: 0, count: 5)
    for share in shares {
      let store = try dataset.split("train")
      // What one rank has read already is known to none of the others.
      if share.lowerBound > 0 { _ = try evaluated([150], store, .skip) }
      var reader = BatchReader(
        store: store, stream: SampleStream(samples: (0..<180).map { $0 }, seed: 5),
        normalization: normalization, globalBatch: 24, microBatch: 6, share: share,
        firstStep: firstStep, ahead: ahead, onDamaged: .skip)
      for step in firstStep..<30 {
        var microBatches = reader.microBatches(of: step)
        while let microBatch = try microBatches.next() {
          #expect(microBatch.count == 6)
          for slot in 0..<6 {
            samples[4 * step + microBatch.index].append(microBatch.identities[slot])
          }
        }
      }
      for block in 0..<5 { leftOut[block] += reader.leftOutSamples[block] }
    }
    return (samples, leftOut)
  }

  @Test func `others stand in for damaged samples, the same ones for any shares and any start`()
    throws
  {
    try withTemporaryFolder { folder in
      let dataset = try makeBlocks(folder)
      let whole = try trained(dataset, [0..<4])
      #expect(whole.leftOut == [0, 0, 0, 0, 0])
      for sample in [30, 125] { try damage(sample, of: dataset) }
      let one = try trained(dataset, [0..<4])
      #expect(try trained(dataset, [0..<1, 1..<4]) == one)
      #expect(try trained(dataset, [0..<2, 2..<3, 3..<4], ahead: true) == one)
      let late = try trained(dataset, [0..<4], firstStep: 11)
      #expect(late.samples[44...] == one.samples[44...])
      // Only what is damaged is replaced, and never by what is held out.
      let damaged = Set<UInt32>(0..<40).union(120..<160)
      var count: Int64 = 0
      for (before, after) in zip(whole.samples.joined(), one.samples.joined()) {
        #expect(before.epoch == after.epoch && !damaged.contains(after.sample))
        #expect(after.sample < 180)
        if damaged.contains(before.sample) { count += 1 } else { #expect(before == after) }
      }
      #expect(one.leftOut == [one.leftOut[0], 0, 0, one.leftOut[3], 0])
      #expect(one.leftOut.reduce(0, +) == count && count > 200)
    }
  }

  @Test func `where everything is damaged, a run that skips ends with an error`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeBlocks(folder)
      for sample in stride(from: 0, to: 200, by: 40) { try damage(sample, of: dataset) }
      #expect(throws: DatasetError.self) { try trained(dataset, [0..<4]) }
    }
  }

  @Test func `a changed bit of an index is found wherever it is`() throws {
    try withTemporaryFolder { folder in
      try makeDataset(folder)
      let path = folder + "/data/index.json"
      let bytes = try MappedFile(path).contents
      for place in bytes.indices {
        var changed = bytes
        changed[place] ^= 1 << UInt8(place % 8)
        // Nobody reads what is not there yet: written as it is, without a sync for each.
        try Data(changed).write(to: URL(filePath: path))
        #expect(throws: DatasetError.self, "\(place)") { try Dataset(folder: folder + "/data") }
      }
      try Data(bytes.dropLast()).write(to: URL(filePath: path))
      #expect(throws: DatasetError.self) { try Dataset(folder: folder + "/data") }
    }
  }

  @Test func `what a killed start has left half written goes with the next`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder, shards: 3)
      let index = try MappedFile(dataset.folder + "/index.json").digest
      try FileManager.default.removeItem(atPath: dataset.folder + "/index.json")
      try FileManager.default.removeItem(atPath: dataset.folder + "/train-00002-of-00003.h5")
      let half = dataset.folder + "/train-00002-of-00003.h5.123.partial"
      try Data("half".utf8).write(to: URL(filePath: half))
      try makeDataset(folder, shards: 3)
      #expect(!FileManager.default.fileExists(atPath: half))
      #expect(try MappedFile(dataset.folder + "/index.json").digest == index)
    }
  }
}
