import Datasets
import Foundation
import HDF5
import Images
import Storage
import Training

/// Something of the product that reads what comes from outside.
struct Reader: Sendable {
  let name: String
  var isText = false
  /// The arguments of `sharder` that read such a file in a process of its own; nil where the product
  /// reads it in the process that needs it.
  var apart: (@Sendable (String) -> [String])?
  /// Files that are as they should be.
  let originals: @Sendable (Ground) throws -> [[UInt8]]
  /// Reads a mutant; throws what the product says of it.
  let read: @Sendable ([UInt8], Ground) throws -> Void

  static let all = [
    plan, index("index", { $0.dataset }), index("encoded-index", { $0.encoded }), shard,
    forged("forged", { $0.dataset }), forged("encoded-forged", { $0.encoded }), idx, cifar, numpy,
    annotation,
    checkpoint, image, hdf5,
  ]

  static let plan = Reader(
    name: "plan", isText: true,
    originals: { ground in
      let folder = ground.package + "/launch/plans"
      return try Folder.names(in: folder).filter { $0.hasSuffix(".yaml") }
        .map { try MappedFile(folder + "/" + $0).contents }
    },
    read: { bytes, ground in
      var command = TrainCommand()
      command.plan = try ground.place(bytes, "plan.yaml")
      command.data = ground.dataset
      _ = try command.resolvedPlan()
    })

  /// The index of a data set, beside its shards in the place of the reader's name.
  static func index(_ name: String, _ folder: @escaping @Sendable (Ground) -> String) -> Reader {
    Reader(
      name: name, isText: true,
      originals: { [try MappedFile(folder($0) + "/index.json").contents] },
      read: { bytes, ground in
        // Half of them have the right digest of themselves, so that what is behind it is reached.
        let sealed = bytes.count % 2 == 0 ? bytes : ground.sealed(bytes)
        _ = try ground.place(sealed, name + "/index.json")
        let dataset = try Dataset(folder: "\(ground.folder)/\(name)")
        for split in dataset.index.splits.keys.sorted() { try ground.readAll(split, of: dataset) }
      })
  }

  static let shard = Reader(
    name: "shard",
    originals: { [try MappedFile($0.dataset + "/" + $0.shard).contents] },
    read: { bytes, ground in
      let file = try ground.place(bytes, "shard/" + ground.shard)
      try ground.readAll("train", of: Dataset(folder: ground.folder + "/shard"))
      let original = try MappedFile(ground.dataset + "/" + ground.shard).digest
      if try MappedFile(file).digest != original { throw Unnoticed() }
    })

  /// Shards of a data set with all digests right: whatever they hold is read.
  static func forged(_ name: String, _ folder: @escaping @Sendable (Ground) -> String) -> Reader {
    Reader(
      name: name,
      originals: { [try MappedFile("\(folder($0))/\($0.shard)").contents] },
      read: { bytes, ground in
        _ = try ground.place(bytes, "\(name)/\(ground.shard)")
        var index = try ShardIndex(folder: folder(ground))
        let old = index.splits["train"]!.shards[0]
        let sampleBytes = index.shape.reduce(1, *)
        index.splits["train"]!.shards[0].bytes = max(bytes.count, 1)
        if bytes.count >= old.bytes, let ends = old.ends(in: bytes, sampleBytes: sampleBytes) {
          let blocks = ShardIndex.Blocks(
            of: bytes.span.bytes, offset: old.blocks.offset, labels: old.blocks.labels, ends: ends,
            encoded: old.blocks.encoded)
          index.splits["train"]!.shards[0] = ShardIndex.Shard(
            file: old.file, holding: bytes.span.bytes, blocks: blocks, samples: old.samples)
        }
        _ = try ground.place(Array(index.encoded().utf8), name + "/index.json")
        let dataset = try Dataset(folder: "\(ground.folder)/\(name)")
        try dataset.split("train").verify(shard: 0)
        try ground.readAll("train", of: dataset)
      })
  }

  static let idx = Reader(
    name: "idx",
    originals: { ground in
      try ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "train-images-idx3-ubyte.gz"]
        .map { try MappedFile(ground.folder + "/idx/" + $0).contents }
    },
    read: { bytes, ground in
      // A mutant of any of the files stands for the images, or for the labels.
      let name = bytes.count % 2 == 0 ? "train-images-idx3-ubyte" : "train-labels-idx1-ubyte"
      let folder = ground.folder + "/idx-mutant"
      let other = bytes.count % 2 == 0 ? "train-labels-idx1-ubyte" : "train-images-idx3-ubyte"
      _ = try ground.place(bytes, "idx-mutant/" + name)
      _ = try ground.place(
        MappedFile(ground.folder + "/idx/" + other).contents, "idx-mutant/" + other)
      try ground.makeDataset(from: Source(folder))
    })

  static let cifar = Reader(
    name: "cifar",
    originals: { [try MappedFile($0.folder + "/cifar.bin").contents] },
    read: { bytes, ground in
      var source = Source(try ground.place(bytes, "cifar-mutant/data_batch_1.bin"))
      source.format = bytes.count % 2 == 0 ? .cifar10 : .cifar100
      try ground.makeDataset(from: source)
    })

  static let numpy = Reader(
    name: "numpy",
    originals: { ground in
      try ["x_train.npy", "y_train.npy"].map {
        try MappedFile(ground.folder + "/numpy/" + $0).contents
      }
    },
    read: { bytes, ground in
      // A mutant of either file stands for the images, or for the labels.
      let names = ["x_train.npy", "y_train.npy"]
      let (name, other) = bytes.count % 2 == 0 ? (names[0], names[1]) : (names[1], names[0])
      _ = try ground.place(bytes, "numpy-mutant/" + name)
      _ = try ground.place(
        MappedFile(ground.folder + "/numpy/" + other).contents, "numpy-mutant/" + other)
      try ground.makeDataset(from: Source(ground.folder + "/numpy-mutant"))
    })

  static let annotation = Reader(
    name: "annotation", isText: true,
    originals: { [try MappedFile($0.folder + "/boxes/Annotations/3.xml").contents] },
    read: { bytes, ground in
      _ = try ground.place(bytes, "boxes/Annotations/mutant.xml")
      var options = BoxCuttingOptions()
      (options.force, options.cores) = (true, 1)
      options.isSquare = bytes.count % 2 == 0
      _ = try cutBoxes(from: ground.folder + "/boxes", into: ground.folder + "/pieces", options)
    })

  static let checkpoint = Reader(
    name: "checkpoint",
    originals: { [try MappedFile($0.checkpoint).contents] },
    read: { bytes, ground in
      let path = try ground.place(bytes, "checkpoint/step-00000004.h5")
      // Hostile ones have the right digest; of others any digest will do that is not theirs.
      let digest =
        bytes.count % 4 == 0
        ? try MappedFile(ground.checkpoint).digest : SHA256Digest(of: bytes.span.bytes)
      _ = try ground.place(
        Array("\(digest.hex)  step-00000004.h5\n".utf8), "checkpoint/step-00000004.h5.sha256")
      _ = try Checkpoint(verifying: path)
      if SHA256Digest(of: bytes.span.bytes) != digest { throw Unnoticed() }
    })

  static let image = Reader(
    name: "image",
    originals: { ground in
      try Folder.names(in: ground.folder + "/pictures").map {
        try MappedFile(ground.folder + "/pictures/" + $0).contents
      }
    },
    read: { bytes, _ in
      _ = try Image(decoding: bytes.span.bytes, pixelLimit: 1 << 22)
    })

  static let hdf5 = Reader(
    name: "hdf5", apart: { ["create", $0, "--format", "hdf5"] },
    originals: { [try MappedFile($0.folder + "/foreign.h5").contents] },
    read: { bytes, ground in
      var source = Source(try ground.place(bytes, "foreign-mutant.h5"))
      source.format = .hdf5
      try ground.makeDataset(from: source)
    })
}

extension ShardIndex.Shard {
  /// Where each image ends, in bytes from the first, by what a mutant of the shard says; nil where
  /// that is impossible.
  fileprivate func ends(in bytes: [UInt8], sampleBytes: Int) -> [Int]? {
    guard let encoded = blocks.encoded else { return (1...samples).map { $0 * sampleBytes } }
    let ends = (1...samples).map { sample in
      let place = encoded.offsets + 8 * sample
      return bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let isPossible =
      zip([0] + ends, ends).allSatisfy { $0 <= $1 } && ends[samples - 1] <= encoded.bytes
    return isPossible ? ends : nil
  }
}

/// A damaged file was read as if it were not.
struct Unnoticed: Error {}
