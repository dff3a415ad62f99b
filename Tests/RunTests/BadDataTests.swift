import Datasets
import Foundation
import HDF5
import Launching
import Storage
import Testing

extension Runs {
  @Suite struct `Data that are wrong` {
    /// Something done to a data set, and the line that it must end in.
    struct Damage: CustomTestStringConvertible, Sendable {
      let mistake: Mistake
      let change: @Sendable (URL) throws -> Void
      var testDescription: String { mistake.testDescription }

      init(
        _ name: String, _ status: Int32, _ words: String...,
        change: @escaping @Sendable (URL) throws -> Void
      ) {
        mistake = Mistake(name, status, words: words)
        self.change = change
      }
    }

    static let shard = "train-00000-of-00001.h5"

    static let damages = [
      Damage("no folder", 66, "no data set", "sharder create") {
        try FileManager.default.removeItem(at: $0)
      },
      Damage("an index cut short", 65, "index.json", "JSON") {
        try rewrite($0.appending(path: "index.json")) { $0.removeLast(100) }
      },
      Damage("an index of another version", 65, "index.json", "version 7") {
        try replace("\"version\" : 3", by: "\"version\" : 7", in: $0)
      },
      Damage("a shard with a flipped bit", 65, shard, "damaged") {
        try rewrite($0.appending(path: shard)) { $0[1000] ^= 1 }
      },
      Damage("a test shard with a flipped bit", 65, "test-00000-of-00001.h5", "damaged") {
        try rewrite($0.appending(path: "test-00000-of-00001.h5")) { $0[1000] ^= 1 }
      },
      Damage("a shard cut short", 65, shard, "truncated") {
        try rewrite($0.appending(path: shard)) { $0.removeLast($0.count / 2) }
      },
      Damage("no shard", 66, shard, "No such file") {
        try FileManager.default.removeItem(at: $0.appending(path: shard))
      },
      Damage("an index with a flipped bit", 65, "index.json", "damaged") {
        try replace("\"Sneaker\"", by: "\"Sneakes\"", in: $0)
      },
      Damage("an index with a path that leads out of its folder", 65, "index.json", "own folder") {
        try seal($0) { $0.splits["train"]!.shards[0].file = "../data/" + shard }
      },
      Damage("a shard that is a link", 65, shard, "link") {
        let file = $0.appending(path: shard)
        try FileManager.default.moveItem(at: file, to: $0.appending(path: "elsewhere"))
        try FileManager.default.createSymbolicLink(
          at: file, withDestinationURL: $0.appending(path: "elsewhere"))
      },
      Damage("a shard that is another file, with its digest in the index", 65, shard, "label") {
        try forge($0) { $0 = $0.indices.map { UInt8($0 % 251) } }
      },
      Damage("labels beyond the end, with the digest of that index", 65, "index.json", "labels at")
      {
        try moveLabels($0) { _ in .max }
      },
      Damage("labels among the images", 65, "index.json", "among its images") {
        try moveLabels($0) { $0.offset }
      },
      Damage("a label outside the classes, with its digest in the index", 65, shard, "label 77") {
        let labels = try ShardIndex(folder: $0.path).splits["train"]!.shards[0].blocks.labels
        try forge($0) { $0[labels] = 77 }
      },
    ]

    @Test(arguments: damages, [1, 8])
    func `are refused before the first step, and the file is named`(
      damage: Damage, ranks: Int
    ) throws {
      try withTemporaryFolder { folder in
        let data = folder.appending(path: "data")
        try FileManager.default.copyItem(
          at: URL(filePath: try Material.sample.get()), to: data)
        try damage.change(data)
        let trial = try Trial(usualPlan(data: "data"), in: folder)
        let outcome = try trial.training(ranks: ranks, run: "run").run()
        damage.mistake.expect(outcome, ranks: ranks)
        #expect(outcome.output.isEmpty)
      }
    }

    /// The run is far from its end when the labels change, and soon needs every one of them.
    @Test(arguments: ["ahead", "inline"])
    func `end a run whose shard changes under it, and the file is named`(reading: String) throws {
      try withTemporaryFolder { folder in
        let data = folder.appending(path: "data")
        try FileManager.default.copyItem(
          at: URL(filePath: try Material.sample.get()), to: data)
        let trial = try Trial(usualPlan(data: "data"), in: folder)
        let run = try trial.training(
          ranks: 2, run: "run",
          ["--set", "steps=1000000", "--set", "run.log=1", "--set", "run.reading=\(reading)"]
        ).start()
        #expect(run.waitForLine(containing: "step 5/"))
        let shard = data.appending(path: Self.shard)
        let labels = try #require(
          try HDF5File(reading: shard.path).root.dataset("labels").fileOffset)
        // Into the file that is mapped, not in its place.
        let file = try FileHandle(forUpdating: shard)
        try file.seek(toOffset: UInt64(labels))
        try file.write(contentsOf: Data(repeating: 77, count: 4 * 1800))
        try file.close()
        let outcome = try run.finish()
        #expect(outcome.status == 65 && !outcome.errorLines.isEmpty, "\(outcome.errors)")
        for line in outcome.errorLines {
          #expect(line.contains(Self.shard) && line.contains("the shard has changed"), "\(line)")
        }
      }
    }

    /// Changes the first shard, and writes an index with its new digests.
    private static func forge(_ data: URL, _ change: (inout [UInt8]) throws -> Void) throws {
      let file = data.appending(path: shard)
      try rewrite(file, change)
      let index = try ShardIndex(folder: data.path)
      let old = index.splits["train"]!.shards[0]
      let changed = try MappedFile(file.path)
      let ends = (1...old.samples).map { $0 * index.shape.reduce(1, *) }
      let blocks = ShardIndex.Blocks(
        of: changed.bytes, offset: old.blocks.offset, labels: old.blocks.labels, ends: ends)
      let forged = ShardIndex.Shard(
        file: shard, holding: changed.bytes, blocks: blocks, samples: old.samples)
      try seal(data) { $0.splits["train"]!.shards[0] = forged }
    }

    /// Says that the first shard's labels lie elsewhere.
    private static func moveLabels(
      _ data: URL, to place: (ShardIndex.Blocks) -> Int
    ) throws {
      try seal(data) { index in
        var blocks = index.splits["train"]!.shards[0].blocks
        blocks.labels = place(blocks)
        index.splits["train"]!.shards[0].blocks = blocks
      }
    }

    /// Changes what an index says, and writes it with the right digest of itself.
    private static func seal(_ data: URL, _ change: (inout ShardIndex) -> Void) throws {
      var index = try ShardIndex(folder: data.path)
      change(&index)
      try DurableFile.write(index.encoded(), to: data.path + "/index.json")
    }

    private static func replace(_ text: String, by other: String, in data: URL) throws {
      let index = data.appending(path: "index.json")
      let old = try String(contentsOf: index, encoding: .utf8)
      try #require(old.contains(text), "\(old)")
      try Data(old.replacingOccurrences(of: text, with: other).utf8).write(to: index)
    }
  }
}

/// Changes the bytes of a file.
func rewrite(_ file: URL, _ change: (inout [UInt8]) throws -> Void) throws {
  var bytes = [UInt8](try Data(contentsOf: file))
  try change(&bytes)
  try Data(bytes).write(to: file)
}
