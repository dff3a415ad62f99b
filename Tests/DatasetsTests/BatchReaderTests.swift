import Datasets
import Storage
import Testing

/// What ranks read: every sample once, whatever their number, and the right numbers.
@Suite struct BatchReaderTests {
  /// The share of rank `rank` of `size` in `count` micro-batches, uneven where it must be.
  private func share(_ count: Int, _ rank: Int, _ size: Int) -> Range<Int> {
    rank * count / size..<(rank + 1) * count / size
  }

  @Test(arguments: [1, 2, 3, 5, 8], [false, true])
  func `ranks together read every step's samples once, in the stream's order`(
    size: Int, ahead: Bool
  ) throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder, shards: 3)
      let store = try dataset.split("train")
      let (globalBatch, microBatch) = (24, 3)
      var stream = SampleStream(count: store.count, seed: 5)
      let readers = (0..<size).map { rank in
        Reader(
          store: store, seed: 5, normalization: dataset.normalization, globalBatch: globalBatch,
          microBatch: microBatch, share: share(globalBatch / microBatch, rank, size), ahead: ahead)
      }
      for step in 0..<7 {
        var (identities, indices): ([SampleIdentity], [Int]) = ([], [])
        for reader in readers { try reader.append(step, &identities, &indices) }
        #expect(indices == Array(0..<globalBatch / microBatch))
        let wanted = (0..<globalBatch).map { stream.identity(at: step * globalBatch + $0) }
        #expect(identities == wanted)
      }
    }
  }

  @Test func `images are normalized and labels belong to them`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder, shards: 2)
      let store = try dataset.split("train")
      let (mean, deviation) = (dataset.index.means[0], dataset.index.deviations[0])
      var reader = BatchReader(
        store: store, stream: SampleStream(count: store.count, seed: 1),
        normalization: dataset.normalization, globalBatch: 12, microBatch: 4, share: 1..<3,
        firstStep: 9)
      var microBatches = reader.microBatches(of: 9)
      while let microBatch = try microBatches.next() {
        #expect(microBatch.count == 4)
        for slot in 0..<4 {
          let sample = Int(microBatch.identities[slot].sample)
          let label = microBatch.labels[slot]
          #expect(label == Int32(sample % 7))
          for pixel in 0..<15 {
            let value = Double(store.pixels(of: sample)[pixel]) / 255
            let image = microBatch.images[15 * slot + pixel]
            #expect(image == Float((value - mean) / deviation))
          }
        }
      }
    }
  }

  @Test func `normalized training images have mean 0 and deviation 1`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder)
      let store = try dataset.split("train")
      let reader = EvaluationReader(
        store: store, normalization: dataset.normalization, microBatch: 53, share: 0..<1)
      var microBatches = reader.microBatches()
      while let microBatch = try microBatches.next() {
        var (sum, squares) = (0.0, 0.0)
        for index in microBatch.images.indices {
          sum += Double(microBatch.images[index])
          squares += Double(microBatch.images[index]) * Double(microBatch.images[index])
        }
        #expect(abs(sum / (53 * 15)) < 1e-6)
        #expect(abs(squares / (53 * 15) - 1) < 1e-6)
      }
    }
  }

  @Test(arguments: [1, 2, 3, 8], [1, 4, 16, 17, 20])
  func `an evaluation counts every sample once`(size: Int, microBatch: Int) throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder, shards: 4)
      let store = try dataset.split("test")
      let total = EvaluationReader.microBatchCount(samples: 17, microBatch: microBatch)
      var samples: [UInt32] = []
      for rank in 0..<size {
        let reader = EvaluationReader(
          store: store, normalization: dataset.normalization, microBatch: microBatch,
          share: share(total, rank, size))
        var microBatches = reader.microBatches()
        while let batch = try microBatches.next() {
          for slot in 0..<batch.count { samples.append(batch.identities[slot].sample) }
          // Padding repeats the last sample.
          for slot in batch.count..<microBatch {
            let padding = batch.identities[slot].sample
            #expect(padding == 16)
          }
        }
      }
      #expect(samples == Array(0..<17))
    }
  }

  @Test func `an evaluation of chosen samples reads those`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder)
      let reader = EvaluationReader(
        store: try dataset.split("train"), samples: [3, 10, 52],
        normalization: dataset.normalization, microBatch: 2, share: 0..<2)
      // The sequence may be asked for again.
      for _ in 0..<2 {
        var labels: [Int32] = []
        var microBatches = reader.microBatches()
        while let batch = try microBatches.next() {
          for slot in 0..<batch.count { labels.append(batch.labels[slot]) }
        }
        #expect(labels == [3, 3, 3])
      }
    }
  }
}

/// A reader that an array can hold.
private final class Reader {
  private var reader: BatchReader

  init(
    store: SampleStore, seed: UInt64, normalization: Normalization, globalBatch: Int,
    microBatch: Int, share: Range<Int>, ahead: Bool
  ) {
    reader = BatchReader(
      store: store, stream: SampleStream(count: store.count, seed: seed),
      normalization: normalization, globalBatch: globalBatch, microBatch: microBatch, share: share,
      ahead: ahead)
  }

  /// Appends the identities and the indices of this rank's micro-batches.
  func append(
    _ step: Int, _ identities: inout [SampleIdentity], _ indices: inout [Int]
  ) throws {
    var microBatches = reader.microBatches(of: step)
    while let microBatch = try microBatches.next() {
      indices.append(microBatch.index)
      for slot in 0..<microBatch.count { identities.append(microBatch.identities[slot]) }
    }
  }
}
