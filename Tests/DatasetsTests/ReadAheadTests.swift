import Datasets
import Foundation
import HDF5
import Storage
import Testing

/// Reading ahead gives what reading inline gives, and ends when it is not needed any more.
@Suite struct ReadAheadTests {
  /// What a reader gave until it ended: bits of images, labels, and the error.
  private struct Outcome: Equatable {
    var images: [UInt32] = []
    var labels: [Int32] = []
    var steps = 0
    var error: DatasetError?
  }

  /// Reads steps 3 ..< 40, several epochs, or as far as it goes.
  private func read(_ dataset: Dataset, _ store: SampleStore, ahead: Bool) -> Outcome {
    var reader = BatchReader(
      store: store, stream: SampleStream(count: store.count, seed: 5),
      normalization: dataset.normalization, globalBatch: 12, microBatch: 2, share: 1..<4,
      firstStep: 3, ahead: ahead)
    var outcome = Outcome()
    for step in 3..<40 {
      var microBatches = reader.microBatches(of: step)
      do throws(DatasetError) {
        while let microBatch = try microBatches.next() {
          for index in microBatch.images.indices {
            outcome.images.append(microBatch.images[index].bitPattern)
          }
          for slot in 0..<microBatch.count { outcome.labels.append(microBatch.labels[slot]) }
        }
      } catch {
        outcome.error = error
        #expect(throws: error) { try microBatches.next() }
        return outcome
      }
      outcome.steps += 1
    }
    return outcome
  }

  @Test func `both ways give the same bits`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder, shards: 3)
      let store = try dataset.split("train")
      let inline = read(dataset, store, ahead: false)
      #expect(inline.steps == 37 && inline.labels.count == 37 * 6)
      #expect(inline == read(dataset, store, ahead: true))
    }
  }

  @Test(arguments: [0, 7, 30, 52])
  func `an error comes at the same micro-batch in both ways, and again if asked again`(
    sample: Int
  ) throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder, shards: 1)
      let store = try dataset.split("train")
      let path = folder + "/data/train-00000-of-00001.h5"
      let labels = try #require(try HDF5File(reading: path).root.dataset("labels").fileOffset)
      // Into the file that is mapped, not in its place.
      let file = try FileHandle(forUpdating: URL(filePath: path))
      try file.seek(toOffset: UInt64(labels + 4 * sample))
      try file.write(contentsOf: Data([9]))
      try file.close()
      let inline = read(dataset, store, ahead: false)
      #expect(inline.steps < 37)
      #expect(inline.error?.message.contains("label 9 of sample \(sample)") == true)
      #expect(inline == read(dataset, store, ahead: true))
    }
  }

  /// The thread holds the samples, so they go when it has ended, wherever it was.
  @Test(arguments: [0, 1, 2, 9]) func `the thread ends with its reader`(taken: Int) throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder)
      weak var held: SampleStore?
      do {
        let store = try dataset.split("train")
        held = store
        var reader = BatchReader(
          store: store, stream: SampleStream(count: store.count, seed: 5),
          normalization: dataset.normalization, globalBatch: 10, microBatch: 1, share: 0..<10,
          ahead: true)
        var microBatches = reader.microBatches(of: 0)
        for _ in 0..<taken { #expect(try microBatches.next() != nil) }
        #expect(held != nil)
      }
      #expect(held == nil)
    }
  }

  @Test func `ranks read ahead where cores are free, or as they are told`() {
    #expect(ReadingChoice.automatic.isAhead(ranks: 1, cores: 2))
    #expect(!ReadingChoice.automatic.isAhead(ranks: 2, cores: 2))
    #expect(!ReadingChoice.automatic.isAhead(ranks: 8, cores: 2))
    #expect(ReadingChoice.ahead.isAhead(ranks: 8, cores: 2))
    #expect(!ReadingChoice.inline.isAhead(ranks: 1, cores: 2))
  }
}
