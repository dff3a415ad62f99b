import Foundation
import Launching
import Testing

/// Data sets for runs, made once; they stay under .build, and making them again changes nothing.
enum Material {
  /// 1800 + 400 images 28×28×1 of Fashion-MNIST: runs of some steps go over the end of an epoch.
  static let sample = Result {
    try sharded(package.appending(path: "datasets/sample").path, as: "sample")
  }

  /// 4000 images 32×32×3 of CIFAR-10 in three shards.
  static let cifar = Result {
    try sharded(try cifarOriginals(), as: "cifar", "--format", "cifar10", "--shards", "3")
  }

  /// The sample's training images, and 10 000 test images.
  static let tenThousand = Result {
    try sharded(try tenThousandOriginals(), as: "ten-thousand")
  }

  /// 100 made-up images 32×32×3.
  static let tiny = Result {
    try sharded(try madeUpRecords(100), as: "tiny", "--format", "cifar10")
  }

  private static let folder = package.appending(path: ".build/run-tests")

  private static func sharded(
    _ source: String, as name: String, _ options: String...
  ) throws -> String {
    let output = folder.appending(path: name).path
    let outcome = try Command(
      "sharder", ranks: nil, ["create", source, "--output", output, "--force"] + options
    ).run()
    try #require(outcome.status == 0, "\(outcome.errors)")
    return output
  }

  /// The records that the project shares; without them, made-up ones, and a line that says so.
  private static func cifarOriginals() throws -> String {
    let shared = ["../shared", "../../shared"].map {
      package.appending(path: "\($0)/data/cifar10-4k/cifar10_train_4000.bin").standardized.path
    }
    if let path = shared.first(where: FileManager.default.fileExists(atPath:)) { return path }
    print("CIFAR-10 records are not there (\(shared[0])): using made-up ones")
    return try madeUpRecords(4000)
  }

  /// Records in CIFAR-10's form, with the labels 0 to 9 in turn.
  private static func madeUpRecords(_ count: Int) throws -> String {
    let file = folder.appending(path: "made-up-\(count).bin")
    try write((0..<count).flatMap { [UInt8($0 % 10)] + pixels(3072, of: $0) }, to: file)
    return file.path
  }

  /// The sample with the 10 000 test images of the Debian package; without it, made-up ones.
  private static func tenThousandOriginals() throws -> String {
    let originals = folder.appending(path: "ten-thousand-originals")
    try? FileManager.default.removeItem(at: originals)
    let sample = package.appending(path: "datasets/sample")
    for name in ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"] {
      try write(
        [UInt8](try Data(contentsOf: sample.appending(path: name))),
        to: originals.appending(path: name))
    }
    let debian = URL(filePath: "/usr/share/datasets/fashion-mnist")
    for name in ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"] {
      let packaged = debian.appending(path: name)
      if let bytes = try? Data(contentsOf: packaged) {
        try write([UInt8](bytes), to: originals.appending(path: name))
        continue
      }
      print("\(packaged.path) is not there: using made-up test images")
      // IDX: two zeros, the type, the number of extents, then the extents; 39·256 + 16 is 10 000.
      let isImages = name.contains("images")
      var bytes: [UInt8] = [0, 0, 8, isImages ? 3 : 1, 0, 0, 39, 16]
      if isImages { bytes += [0, 0, 0, 28, 0, 0, 0, 28] }
      for image in 0..<10_000 { bytes += isImages ? pixels(784, of: image) : [UInt8(image % 10)] }
      try write(bytes, to: originals.appending(path: String(name.dropLast(3))))
    }
    return originals.path
  }

  /// A made-up image: pixel p of image i is the top byte of (i + 1)·(p + 1)·2654435761 mod 2³².
  private static func pixels(_ count: Int, of image: Int) -> [UInt8] {
    (0..<count).map { pixel in
      let product = UInt32(image + 1) &* UInt32(pixel + 1) &* 2_654_435_761
      return UInt8(product >> 24)
    }
  }

  private static func write(_ bytes: [UInt8], to file: URL) throws {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }
}
