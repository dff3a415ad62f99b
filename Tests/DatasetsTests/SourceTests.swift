import Datasets
import Foundation
import HDF5
import Storage
import Testing

/// Original files: real ones are read, wrong ones are named.
@Suite struct SourceTests {
  /// The error of making a data set from IDX files of which one was changed.
  private func errorAfter(_ change: (String) throws -> Void) throws -> any ReportableError {
    try withTemporaryFolder { folder in
      try writeOriginals(folder)
      try change(folder)
      do {
        try createDataset(from: Source(folder), in: folder + "/data")
        throw DatasetError("", "no error was thrown", remedy: "")
      } catch let error as any ReportableError {
        #expect(!error.message.contains("\n"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/data"))
        return error
      }
    }
  }

  @Test func `a truncated IDX file is named`() throws {
    let error = try errorAfter { folder in
      try rewrite(folder + "/t10k-images-idx3-ubyte") { $0.removeLast() }
    }
    #expect(error.message.contains("t10k-images-idx3-ubyte: its header promises [17, 5, 3]"))
    #expect(error.message.contains("254 bytes follow"))
    #expect(error.exitCode == .badData)
  }

  @Test func `an IDX file with another magic number is named`() throws {
    let error = try errorAfter { folder in
      try rewrite(folder + "/train-labels-idx1-ubyte") { $0[2] = 9 }
    }
    #expect(error.message.contains("train-labels-idx1-ubyte: it begins with [0, 0, 9, 1]"))
  }

  @Test func `unequal numbers of images and labels are told`() throws {
    let error = try errorAfter { folder in
      try writeIDX(
        folder + "/train-labels-idx1-ubyte", extents: [52], [UInt8](repeating: 1, count: 52))
    }
    #expect(error.message.contains("52 labels for the 53 images"))
  }

  @Test func `a label outside the named classes is told with its sample`() throws {
    try withTemporaryFolder { folder in
      try writeOriginals(folder)
      var source = Source(folder)
      source.classes = ["a", "b", "c", "d", "e", "f"]
      let error = #expect(throws: DatasetError.self) {
        try createDataset(from: source, in: folder + "/data")
      }
      #expect(error?.message.contains("label 6 of sample 6 of") == true)
    }
  }

  @Test func `a missing file of labels is told`() throws {
    let error = try errorAfter { folder in
      try FileManager.default.removeItem(atPath: folder + "/t10k-labels-idx1-ubyte")
    }
    #expect(error.message.contains("no t10k-labels-idx1-ubyte"))
  }

  @Test func `one file of images finds its labels beside it`() throws {
    try withTemporaryFolder { folder in
      try writeOriginals(folder)
      let dataset = try createDataset(
        from: Source(folder + "/t10k-images-idx3-ubyte"), in: folder + "/data"
      ).dataset
      #expect(try dataset.split("train").count == 17)
    }
  }

  @Test func `a truncated CIFAR file is named, and CIFAR-100 uses fine labels`() throws {
    try withTemporaryFolder { folder in
      let record: [UInt8] = [3, 77] + (0..<3072).map { UInt8($0 / 1024) }
      try DurableFile.write((record + record).span.bytes, to: folder + "/train.bin")
      let store = try createDataset(from: Source(folder), in: folder + "/data").dataset
        .split("train")
      #expect(store.count == 2)
      #expect(store.label(of: 1) == 77)
      let pixels = (0..<3).map { store.pixels(of: 1)[$0] }
      #expect(pixels == [0, 1, 2])
      try rewrite(folder + "/train.bin") { $0.removeLast(5) }
      let error = #expect(throws: DatasetError.self) {
        try createDataset(from: Source(folder), in: folder + "/other")
      }
      #expect(error?.message.contains("train.bin: 6143 bytes are no whole number") == true)
      #expect(error?.message.contains("after record 1") == true)
    }
  }

  @Test(.enabled(if: sharedData != nil, "../shared/data is not here"))
  func `4000 real records of CIFAR-10 are read`() throws {
    try withTemporaryFolder { folder in
      let source = try #require(sharedData) + "/cifar10-4k"
      let dataset = try createDataset(from: Source(source), in: folder, shards: 2).dataset
      #expect(dataset.shape == [32, 32, 3])
      #expect(dataset.classNames[6] == "frog")
      let store = try dataset.split("train")
      let original = try MappedFile(source + "/cifar10_train_4000.bin").contents
      for sample in [0, 1999, 2000, 3999] {
        let record = Array(original[3073 * sample..<3073 * (sample + 1)])
        #expect(store.label(of: sample) == Int32(record[0]))
        for (position, channel) in [(0, 0), (31, 2), (500, 1), (1023, 2)] {
          let value = store.pixels(of: sample)[3 * position + channel]
          #expect(value == record[1 + 1024 * channel + position])
        }
      }
      // The known means of CIFAR-10, roughly: this is an eighth of it.
      for (mean, known) in zip(dataset.index.means, [0.4914, 0.4822, 0.4465]) {
        #expect(abs(mean - known) < 0.01)
      }
    }
  }

  @Test(.enabled(if: sharedData != nil, "../shared/data is not here"))
  func `an HDF5 file of whatever names is read`() throws {
    try withTemporaryFolder { folder in
      var source = Source(try #require(sharedData) + "/cats-hdf5/train_catvnoncat.h5")
      source.classes = ["other", "cat"]
      let found = try createDataset(from: source, in: folder + "/a").dataset
      #expect(try found.split("train").count == 209)
      #expect(found.shape == [64, 64, 3])
      source.images = "train_set_x"
      source.labels = "train_set_y"
      let named = try createDataset(from: source, in: folder + "/b").dataset
      #expect(named.index == found.index)
      source.images = "nothing"
      #expect(throws: HDF5Error.self) { try createDataset(from: source, in: folder + "/c") }
    }
  }

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: fashionMNIST), "dataset-fashion-mnist is not here"
    ))
  func `the whole of Fashion-MNIST has its published statistics`() throws {
    try withTemporaryFolder { folder in
      let dataset = try createDataset(from: Source(fashionMNIST), in: folder).dataset
      #expect(abs(dataset.index.means[0] - 0.2860) < 1e-4)
      #expect(abs(dataset.index.deviations[0] - 0.3530) < 1e-4)
      let store = try dataset.split("test")
      #expect(store.count == 10_000)
      var counts = [Int](repeating: 0, count: 10)
      for sample in 0..<store.count { counts[Int(store.label(of: sample))] += 1 }
      #expect(counts == [Int](repeating: 1000, count: 10))
      try store.verify(shard: 0)
    }
  }
}
