import Datasets
import Foundation
import Images
import Pictures
import Storage
import Synchronization
import Testing

/// Folders of images: which samples they become, and that nothing wrong passes unseen.
@Suite struct ImageFolderTests {
  /// Writes a made-up picture, a JPEG or PNG by its name, and the folders above it.
  private func write(_ path: String, seed: UInt64, width: Int = 20, height: Int = 16) throws {
    try Folder.create(String(path[..<path.lastIndex(of: "/")!]))
    let picture = Picture(width: width, height: height, seed: seed)
    let bytes = path.hasSuffix(".png") ? picture.png() : picture.jpeg()
    try DurableFile.write(bytes.span.bytes, to: path)
  }

  /// Three classes of 12, 7 and 2 pictures.
  private func writeClasses(_ folder: String) throws {
    for (name, count) in [("bee", 12), ("Ant", 7), ("cat", 2)] {
      for number in 0..<count {
        let ending = number % 2 == 0 ? "png" : "jpg"
        try write("\(folder)/\(name)/\(number).\(ending)", seed: UInt64(100 * count + number))
      }
    }
  }

  private func source(_ folder: String, side: Int = 8) -> Source {
    var source = Source(folder)
    source.imageFolders.side = side
    return source
  }

  /// The error of making a data set.
  private func fault(_ source: Source) throws -> DatasetError? {
    do {
      try createDataset(from: source, in: source.path + "-data")
      return nil
    } catch let error as DatasetError {
      #expect(!error.message.contains("\n"))
      #expect(!FileManager.default.fileExists(atPath: source.path + "-data"))
      return error
    }
  }

  @Test func `classes and files come in torchvision's order`() throws {
    try withTemporaryFolder { folder in
      let names = ["b/2.png", "b/10.png", "b/a/1.png", "b/a-b/1.png", "B/z.png", "é/1.png"]
      for (seed, name) in names.enumerated() {
        try write("\(folder)/in/\(name)", seed: UInt64(seed))
      }
      // What begins with a dot, and what lies beside the folders, is no sample.
      try DurableFile.write("x", to: folder + "/in/b/.DS_Store")
      try DurableFile.write("x", to: folder + "/in/README")
      let dataset = try createDataset(from: source(folder + "/in", side: 16), in: folder + "/out")
        .dataset
      #expect(dataset.classNames == ["B", "b", "é"])
      let store = try dataset.split("train")
      let order = [4, 1, 0, 2, 3, 5]
      #expect((0..<6).map { store.label(of: $0) } == [0, 1, 1, 1, 1, 2])
      for (sample, seed) in order.enumerated() {
        let file = Picture(width: 20, height: 16, seed: UInt64(seed)).png()
        let expected = try Image(decoding: file.span.bytes, square: 16).pixels
        let pixels = expected.indices.map { store.pixels(of: sample)[$0] }
        #expect(pixels.elementsEqual(expected), "sample \(sample)")
      }
    }
  }

  @Test func `the rule of resizing is in the index`() throws {
    try withTemporaryFolder { folder in
      try writeClasses(folder + "/in")
      var source = source(folder + "/in")
      let covered = try createDataset(from: source, in: folder + "/cover").dataset.index
      source.imageFolders.rule = .stretch
      let stretched = try createDataset(from: source, in: folder + "/stretch").dataset.index
      #expect(covered.resize == .cover && stretched.resize == .stretch)
      #expect(covered.splits["train"]?.digest != stretched.splits["train"]?.digest)
      #expect(try ShardIndex(folder: folder + "/stretch") == stretched)
    }
  }

  @Test func `the shards are the same for any number of cores`() throws {
    try withTemporaryFolder { folder in
      try writeClasses(folder + "/in")
      let indices = try [1, 2, 7].map { cores in
        var source = source(folder + "/in")
        source.imageFolders.cores = cores
        source.imageFolders.validation = 0.25
        return try createDataset(from: source, in: "\(folder)/\(cores)", shards: 2).dataset.index
      }
      #expect(indices[0] == indices[1] && indices[0] == indices[2])
    }
  }

  @Test func `a part of each class is held out, and every sample stays once`() throws {
    try withTemporaryFolder { folder in
      try writeClasses(folder + "/in")
      var source = source(folder + "/in")
      let whole = try createDataset(from: source, in: folder + "/whole").dataset.split("train")
      source.imageFolders.validation = 0.25
      let dataset = try createDataset(from: source, in: folder + "/parts").dataset
      let parts = try [dataset.split("train"), dataset.split("validation")]
      let counts = parts.map { part in
        (0..<3).map { label in (0..<part.count).count { part.label(of: $0) == Int32(label) } }
      }
      #expect(counts == [[5, 9, 1], [2, 3, 1]])
      func key(_ store: SampleStore, _ sample: Int) -> [UInt8] {
        [UInt8(store.label(of: sample))] + (0..<192).map { store.pixels(of: sample)[$0] }
      }
      let all = Set((0..<whole.count).map { key(whole, $0) })
      let divided = parts.flatMap { part in (0..<part.count).map { key(part, $0) } }
      #expect(all.count == 21 && divided.count == 21 && Set(divided) == all)
    }
  }

  @Test func `folders for training and validation above the classes are splits`() throws {
    try withTemporaryFolder { folder in
      for (seed, name) in ["train/a/1.png", "train/b/2.png", "val/b/3.png", "test/a/4.png"]
        .enumerated()
      { try write("\(folder)/in/\(name)", seed: UInt64(seed)) }
      var source = source(folder + "/in")
      let dataset = try createDataset(from: source, in: folder + "/out").dataset
      #expect(
        dataset.index.splits.mapValues(\.samples) == ["train": 2, "validation": 1, "test": 1])
      #expect(try dataset.split("validation").label(of: 0) == 1)
      source.imageFolders.validation = 0.5
      #expect(try fault(source)?.exitCode == .usage)
      source.imageFolders.validation = nil
      try write(folder + "/in/val/c/5.png", seed: 9)
      #expect(
        try fault(source)?.message.contains("val/c: the training images have no such") == true)
    }
  }

  @Test func `what cannot be used is named, and left out only if asked`() throws {
    try withTemporaryFolder { folder in
      let input = folder + "/in"
      try writeClasses(input)
      let bad = ["bee/0.png", "bee/3.jpg", "cat/note.txt", "bee/x.png"].map { input + "/" + $0 }
      try rewrite(bad[0]) { $0.removeLast(40) }
      let single = try fault(source(input))
      #expect(single?.message.hasPrefix("\(bad[0]): it is a PNG that is cut short; ") == true)
      #expect(single?.exitCode == .badData)
      try rewrite(bad[1]) { $0.removeLast($0.count / 2) }
      try DurableFile.write("no picture", to: bad[2])
      try DurableFile.write(
        Picture(width: 9, height: 9).jpeg().span.bytes, to: bad[3])
      let reported = Reports()
      var source = source(input)
      source.imageFolders.report = reported.add
      #expect(try fault(source)?.message.contains("4 of 23 files cannot be used") == true)
      let expected = [
        "\(bad[0]): it is a PNG that is cut short", "\(bad[1]): it is a JPEG that is cut short",
        "\(bad[3]): it is a JPEG, which its name does not say",
        "\(bad[2]): it is neither JPEG nor PNG",
      ]
      #expect(reported.faults == expected)
      source.imageFolders.badImages = .skip
      let train = try createDataset(from: source, in: folder + "/out").dataset.split("train")
      #expect(reported.faults == expected + expected)
      #expect(
        (0..<train.count).map { train.label(of: $0) }
          == Array(repeating: 0, count: 7) + Array(repeating: 1, count: 10) + [2, 2])
      try FileManager.default.removeItem(atPath: input + "/cat/0.png")
      try FileManager.default.removeItem(atPath: input + "/cat/1.jpg")
      #expect(
        try fault(source)?.message.contains("class cat has no image that can be used") == true)
    }
  }

  @Test func `options and folders that make no sense are told`() throws {
    try withTemporaryFolder { folder in
      try Folder.create(folder + "/in/a")
      #expect(try fault(source(folder + "/in"))?.message.contains("in/a: there is no file") == true)
      var named = Source(folder + "/in")
      named.classes = ["a", "b"]
      #expect(try fault(named)?.exitCode == .usage)
      try Folder.create(folder + "/idx")
      try writeOriginals(folder + "/idx")
      #expect(try fault(source(folder + "/idx"))?.exitCode == .usage)
    }
  }

  @Test func `progress is told once a file`() throws {
    try withTemporaryFolder { folder in
      try writeClasses(folder + "/in")
      let calls = Reports()
      var source = source(folder + "/in")
      source.imageFolders.progress = { calls.add("\($0) of \($1)") }
      try createDataset(from: source, in: folder + "/out")
      #expect(Set(calls.faults) == Set((1...21).map { "\($0) of 21" }))
    }
  }
}

/// What was reported, in order.
private final class Reports: Sendable {
  private let lines = Mutex<[String]>([])
  var faults: [String] { lines.withLock { $0 } }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  func add(_ error: DatasetError) { add("\(error.path): \(error.reason)") }
}
