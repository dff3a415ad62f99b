import Datasets
import Foundation
import Storage

/// A fresh folder for one test, removed with all in it at the end.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory.appending(path: "lockstep-\(UUID())")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}

/// Writes made-up IDX files of `train` + `test` samples, 5×3 pixels, labels 0 to 6, into a folder.
func writeOriginals(_ folder: String, train: Int = 53, test: Int = 17) throws {
  for (prefix, count, seed) in [("train", train, UInt64(1)), ("t10k", test, UInt64(2))] {
    let random = RandomStream(seed: seed, purpose: .synthesis)
    let pixels = (0..<count * 15).map { UInt8(truncatingIfNeeded: random.word($0)) }
    let labels = (0..<count).map { UInt8($0 % 7) }
    try writeIDX(folder + "/\(prefix)-images-idx3-ubyte", extents: [count, 5, 3], pixels)
    try writeIDX(folder + "/\(prefix)-labels-idx1-ubyte", extents: [count], labels)
  }
}

/// Writes bytes in IDX form.
func writeIDX(_ path: String, extents: [Int], _ elements: [UInt8]) throws {
  var bytes: [UInt8] = [0, 0, 8, UInt8(extents.count)]
  for extent in extents {
    for shift in [24, 16, 8, 0] { bytes.append(UInt8(extent >> shift & 255)) }
  }
  bytes += elements
  try DurableFile.write(bytes.span.bytes, to: path)
}

/// Makes a data set of made-up samples in `folder/data`.
@discardableResult
func makeDataset(_ folder: String, shards: Int? = nil) throws -> Dataset {
  try writeOriginals(folder)
  return try createDataset(from: Source(folder), in: folder + "/data", shards: shards).dataset
}

/// The text of an index with the right digest of itself in it, whatever else it says.
func sealed(_ text: String) -> String {
  guard let seal = text.range(of: "\n  \"sha256\" : \"") else { return text }
  let start = seal.upperBound
  let end = text.index(start, offsetBy: 64)
  let zeros = text.replacingCharacters(in: start..<end, with: String(repeating: "0", count: 64))
  return text.replacingCharacters(in: start..<end, with: SHA256Digest(of: zeros).hex)
}

/// Gives a data set the digests of the files that are there, whatever has become of them.
@discardableResult
func forgeDigests(_ folder: String) throws -> Dataset {
  var index = try ShardIndex(folder: folder)
  for name in index.splits.keys {
    for (number, shard) in index.splits[name]!.shards.enumerated() {
      let file = try MappedFile(folder + "/" + shard.file)
      let ends = (1...shard.samples).map { $0 * index.shape.reduce(1, *) }
      let blocks = ShardIndex.Blocks(
        of: file.bytes, offset: shard.blocks.offset, labels: shard.blocks.labels, ends: ends)
      index.splits[name]!.shards[number] = ShardIndex.Shard(
        file: shard.file, holding: file.bytes, blocks: blocks, samples: shard.samples)
    }
  }
  try DurableFile.write(index.encoded(), to: folder + "/index.json")
  return try Dataset(folder: folder)
}

/// Changes the bytes of a file.
func rewrite(_ path: String, _ change: (inout [UInt8]) -> Void) throws {
  var bytes = try MappedFile(path).contents
  change(&bytes)
  try DurableFile.write(bytes.span.bytes, to: path)
}

/// The material that the project shares; nil where it is not there.
let sharedData: String? = ["../shared/data", "/work/shared/data"].first {
  FileManager.default.fileExists(atPath: $0)
}

/// The originals of Fashion-MNIST in the Debian package.
let fashionMNIST = "/usr/share/datasets/fashion-mnist"
