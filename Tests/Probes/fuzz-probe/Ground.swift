import Datasets
import Foundation
import HDF5
import Pictures
import Storage

/// Files as they should be, and a place for mutants, in memory.
struct Ground: Sendable {
  /// Where all of it lies, on a file system in memory.
  let folder: String
  /// The folder of the package.
  let package: String
  /// A small data set's folder.
  let dataset: String
  /// The same of image files as they were.
  let encoded: String
  /// The shard of training samples of either.
  let shard = "train-00000-of-00001.h5"
  /// A small checkpoint.
  let checkpoint: String

  /// The ground that was made in a folder.
  init(in folder: String, package: String) throws {
    (self.folder, self.package) = (folder, package)
    dataset = folder + "/dataset"
    encoded = folder + "/encoded"
    checkpoint = folder + "/run/checkpoints/step-00000004.h5"
  }

  /// Makes the originals; `train` trains the plan that it is given for four steps.
  static func make(in folder: String, train: (_ plan: String, _ run: String) throws -> Void) throws
  {
    for name in [
      "idx", "idx-mutant", "cifar-mutant", "numpy", "numpy-mutant", "boxes/Annotations",
      "boxes/JPEGImages", "index", "shard", "forged", "checkpoint", "pictures",
      "photographs/a", "photographs/b", "encoded-index", "encoded-forged",
    ] {
      try Folder.create(folder + "/" + name)
    }
    let random = RandomStream(seed: 1, purpose: .synthesis)
    let (count, side) = (40, 8)
    let pixels = (0..<count * side * side).map { UInt8(truncatingIfNeeded: random.word($0)) }
    let labels = (0..<count).map { UInt8($0 % 10) }
    func extent(_ value: Int) -> [UInt8] { [0, 0, UInt8(value >> 8), UInt8(value & 255)] }
    let header: [UInt8] = [0, 0, 8, 3] + extent(count) + extent(side) + extent(side)
    try write(header + pixels, folder + "/idx/train-images-idx3-ubyte")
    try write([0, 0, 8, 1] + extent(count) + labels, folder + "/idx/train-labels-idx1-ubyte")
    try createDataset(from: Source(folder + "/idx"), in: folder + "/dataset")
    try gzip(folder + "/idx/train-images-idx3-ubyte")
    try writePictures(folder + "/photographs/a")
    try writePictures(folder + "/photographs/b")
    var photographs = Source(folder + "/photographs")
    (photographs.imageFolders.side, photographs.imageFolders.keepsEncoded) = (16, true)
    try createDataset(from: photographs, in: folder + "/encoded")
    for (dataset, places) in [
      ("dataset", ["index", "shard", "forged"]), ("encoded", ["encoded-index", "encoded-forged"]),
    ] {
      for (place, name) in try places.flatMap({ place in
        try Folder.names(in: "\(folder)/\(dataset)").map { (place, $0) }
      }) {
        try write(
          MappedFile("\(folder)/\(dataset)/\(name)").contents, "\(folder)/\(place)/\(name)")
      }
    }
    try write(
      (0..<3).flatMap { [UInt8($0)] + [UInt8](repeating: 7, count: 3072) }, folder + "/cifar.bin")
    try write(
      npy("|u1", "(\(count), \(side), \(side))", pixels), folder + "/numpy/x_train.npy")
    try write(
      npy("<i8", "(\(count),)", labels.flatMap { [$0] + [UInt8](repeating: 0, count: 7) }),
      folder + "/numpy/y_train.npy")
    try writeForeign(folder + "/foreign.h5", pixels, labels, side)
    try writePictures(folder + "/pictures")
    try writeBoxes(folder + "/boxes")
    let plan = """
      network: {layers: [flatten, {layer: dense, outputs: 10}]}
      data: \(folder)/dataset
      steps: 4
      batch: {global: 8, micro: 4}
      optimizer: {name: adam, lr: 0.001}
      update: {average: 0.9}
      """
    try write(Array(plan.utf8), folder + "/train.yaml")
    try train(folder + "/train.yaml", folder + "/run")
  }

  /// Puts a mutant in its place, and says where that is.
  func place(_ bytes: [UInt8], _ name: String) throws -> String {
    try Self.write(bytes, folder + "/" + name)
    return folder + "/" + name
  }

  /// Reads every sample of a split, as an evaluation does.
  func readAll(_ split: String, of dataset: Dataset) throws {
    let store = try dataset.split(split)
    guard store.count < 1000 else { return }
    let reader = EvaluationReader(
      store: store, normalization: dataset.normalization, microBatch: 8,
      share: 0..<EvaluationReader.microBatchCount(samples: store.count, microBatch: 8))
    var microBatches = reader.microBatches()
    while try microBatches.next() != nil {}
  }

  /// Makes shards of a mutant.
  func makeDataset(from source: Source) throws {
    try createDataset(from: source, in: folder + "/made", force: true)
  }

  /// The bytes of an index with the right digest of itself in it.
  func sealed(_ bytes: [UInt8]) -> [UInt8] {
    guard let text = String(validating: bytes, as: UTF8.self),
      let seal = text.firstRange(of: "  \"sha256\" : \"")
    else { return bytes }
    let start = seal.upperBound
    guard let end = text.index(start, offsetBy: 64, limitedBy: text.endIndex) else { return bytes }
    let zeros = text.replacingCharacters(in: start..<end, with: String(repeating: "0", count: 64))
    let digest = SHA256Digest(of: zeros).hex
    return Array(text.replacingCharacters(in: start..<end, with: digest).utf8)
  }

  private static func write(_ bytes: [UInt8], _ path: String) throws {
    try Data(bytes).write(to: URL(filePath: path))
  }

  private static func gzip(_ path: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/gzip")
    process.arguments = ["--keep", "--no-name", path]
    try process.run()
    process.waitUntilExit()
  }

  /// An HDF5 file as others may have written it: pairs in groups, attributes, floats beside them.
  private static func writeForeign(
    _ path: String, _ pixels: [UInt8], _ labels: [UInt8], _ side: Int
  ) throws {
    let file = try HDF5File(inMemory: "foreign")
    let numbers = labels.map { Int64($0) }
    let others = [1.5, 2.5]
    try file.root.setAttribute("description", "made up")
    try file.root.write(pixels.span, named: "images", extents: [labels.count, side, side])
    try file.root.write(numbers.span, named: "labels", extents: [labels.count])
    let group = try file.root.createGroup("more")
    try group.setAttribute("number", 7)
    try group.write(others.span, named: "numbers", extents: [2])
    try write(file.image(), path)
  }

  /// An array in NumPy's form.
  private static func npy(_ descriptor: String, _ shape: String, _ elements: [UInt8]) -> [UInt8] {
    var text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': \(shape), }"
    text += String(repeating: " ", count: 127 - (text.utf8.count + 10) % 128) + "\n"
    let head: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(text.utf8.count), 0]
    return head + Array(text.utf8) + elements
  }

  /// A picture with two boxes.
  private static func writeBoxes(_ folder: String) throws {
    try write(Picture(width: 21, height: 17).png(), folder + "/JPEGImages/3.png")
    let boxes = [(1, 1, 21, 17), (5, 4, 9, 12)].map { left, top, right, bottom in
      "<object><name>cell &amp; wall</name><bndbox><xmin>\(left)</xmin><ymin>\(top)</ymin>"
        + "<xmax>\(right)</xmax><ymax>\(bottom)</ymax></bndbox></object>\n"
    }
    let text =
      "<annotation><!-- made up --><filename>3.png</filename>\n\(boxes.joined())</annotation>\n"
    try write(Array(text.utf8), folder + "/Annotations/3.xml")
  }

  private static func writePictures(_ folder: String) throws {
    for channels in 1...4 {
      let picture = Picture(width: 21, height: 17, channels: channels)
      try write(picture.png(), "\(folder)/\(channels).png")
      if channels != 2 { try write(picture.jpeg(), "\(folder)/\(channels).jpg") }
    }
  }
}
