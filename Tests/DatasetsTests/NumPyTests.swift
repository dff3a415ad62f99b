import Datasets
import Foundation
import Storage
import Testing

/// NumPy's arrays, written here byte by byte; Tests/Interop has those that NumPy wrote itself.
@Suite struct NumPyTests {
  /// A file in NumPy's form.
  private func npy(
    _ descriptor: String, _ shape: String, _ elements: [UInt8], version: UInt8 = 1,
    fortran: String = "False"
  ) -> [UInt8] {
    var text = "{'descr': '\(descriptor)', 'fortran_order': \(fortran), 'shape': \(shape), }"
    text += String(repeating: " ", count: 63 - (text.utf8.count + 10) % 64) + "\n"
    let length = text.utf8.count
    var bytes: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, version, 0]
    bytes += [UInt8(length & 255), UInt8(length >> 8)] + (version == 1 ? [] : [0, 0])
    return bytes + Array(text.utf8) + elements
  }

  /// 7 images 3×2, and labels 0 to 6 of 32 bits, the highest byte first.
  private var images: [UInt8] { npy("|u1", "(7, 3, 2)", (0..<42).map { UInt8($0 * 5) }) }
  private var labels: [UInt8] {
    npy(">i4", "(7,)", (0..<7).flatMap { [0, 0, 0, UInt8($0)] }, version: 2)
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try DurableFile.write(bytes.span.bytes, to: path)
  }

  /// The message of making a data set of the source at `path`; nil if it was made.
  private func fault(_ path: String) throws -> String? {
    do {
      try createDataset(from: Source(path), in: path + "-data")
      return nil
    } catch let error as any ReportableError {
      #expect(!error.message.contains("\n"))
      return error.message
    }
  }

  @Test func `a pair of files is read, by their folder or by the file of images`() throws {
    try withTemporaryFolder { folder in
      try Folder.create(folder + "/in")
      try write(images, to: folder + "/in/x_train.npy")
      try write(labels, to: folder + "/in/y_train.npy")
      let whole = try createDataset(from: Source(folder + "/in"), in: folder + "/a").dataset
      let single = try createDataset(
        from: Source(folder + "/in/x_train.npy"), in: folder + "/b"
      ).dataset
      #expect(whole.index == single.index && whole.shape == [3, 2, 1])
      let store = try whole.split("train")
      #expect((0..<7).map { store.label(of: $0) } == [0, 1, 2, 3, 4, 5, 6])
      let pixels = (0..<6).map { store.pixels(of: 6)[$0] }
      #expect(pixels == [180, 185, 190, 195, 200, 205])
    }
  }

  @Test func `what is wrong with a file is told`() throws {
    let cases: [([UInt8], String)] = [
      (npy("|u1", "(8, 3, 2)", [UInt8](repeating: 0, count: 42)), "promises |u1 [8, 3, 2], but 42"),
      (npy("<f4", "(7, 3, 2)", [UInt8](repeating: 0, count: 168)), "are <f4 [7, 3, 2]"),
      (npy("|O", "(7, 3, 2)", [0]), "elements of type |O"),
      (npy("|u1", "(7, 3, 2)", [UInt8](repeating: 0, count: 42), fortran: "True"), "Fortran"),
      (npy("|u1", "(6, 3, 2)", [UInt8](repeating: 0, count: 36)), "no whole-number labels of 6"),
      (npy("|u1", "(7, 3, 2", [UInt8](repeating: 0, count: 42)), "not as NumPy writes it"),
      (
        npy("|u1", "(9223372036854775807, 9223372036854775807, 0)", []),
        "promises |u1 [9223372036854775807"
      ),
      ([UInt8](repeating: 0x93, count: 100), "no .npy file"),
    ]
    for (bytes, words) in cases {
      try withTemporaryFolder { folder in
        try Folder.create(folder + "/in")
        try write(bytes, to: folder + "/in/images.npy")
        try write(labels, to: folder + "/in/labels.npy")
        let fault = try fault(folder + "/in")
        #expect(fault?.contains(words) == true && fault?.contains(".npy") == true, "\(fault ?? "")")
      }
    }
  }

  /// A zip archive of stored files (APPNOTE 6.3).
  private func zip(
    _ files: [(name: String, bytes: [UInt8])], lyingOverTheFirst others: [String] = []
  ) -> [UInt8] {
    func number(_ value: Int, _ bytes: Int) -> [UInt8] {
      (0..<bytes).map { UInt8(value >> (8 * $0) & 255) }
    }
    var (archive, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, bytes) in files + others.map({ ($0, files[0].bytes) }) {
      let isOther = others.contains(name)
      let common =
        [20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + number(Int(crc32(bytes)), 4)
        + number(bytes.count, 4) + number(bytes.count, 4) + number(name.utf8.count, 2) + [0, 0]
      directory += [0x50, 0x4B, 1, 2, 20, 0] + common
      directory += [UInt8](repeating: 0, count: 10)
      directory += number(isOther ? 0 : archive.count, 4) + Array(name.utf8)
      if isOther { continue }
      archive += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + bytes
    }
    var end: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
    end += number(files.count + others.count, 2)
    end += number(files.count + others.count, 2)
    end += number(directory.count, 4)
    end += number(archive.count, 4)
    end += [0, 0]
    return archive + directory + end
  }

  /// CRC-32, bit by bit.
  private func crc32(_ bytes: [UInt8]) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 {
        let shifted = sum >> 1
        sum = sum & 1 == 1 ? shifted ^ 0xEDB8_8320 : shifted
      }
    }
    return ~sum
  }

  @Test func `an archive has splits by its arrays' names`() throws {
    try withTemporaryFolder { folder in
      let archive = zip([
        ("train_images.npy", images), ("train_labels.npy", labels), ("val_images.npy", images),
        ("val_labels.npy", labels),
      ])
      try write(archive, to: folder + "/set.npz")
      let dataset = try createDataset(from: Source(folder + "/set.npz"), in: folder + "/a").dataset
      #expect(dataset.index.splits.mapValues(\.samples) == ["train": 7, "validation": 7])
      var source = Source(folder + "/set.npz")
      (source.images, source.labels) = ("val_images", "nothing")
      let error = #expect(throws: DatasetError.self) {
        try createDataset(from: source, in: folder + "/b")
      }
      #expect(error?.message.contains("no array nothing (it holds train_images") == true)
    }
  }

  @Test func `an archive whose arrays lie over one another is refused`() throws {
    try withTemporaryFolder { folder in
      let others = (0..<3).map { "more_images_\($0).npy" }
      let archive = zip(
        [("images.npy", images), ("labels.npy", labels)], lyingOverTheFirst: others)
      try write(archive, to: folder + "/set.npz")
      let error = #expect(throws: ZipError.self) {
        try createDataset(from: Source(folder + "/set.npz"), in: folder + "/a")
      }
      #expect(error?.message.contains("its entries lie over one another") == true)
      #expect(error?.exitCode == .badData)
    }
  }

  /// Whatever is changed in an archive, it is read as it was, or refused; nothing else happens.
  @Test func `a damaged archive is refused or harmless`() throws {
    let archive = zip([("images.npy", images), ("labels.npy", labels)])
    let sound = try withTemporaryFolder { folder in
      try write(archive, to: folder + "/set.npz")
      return try createDataset(from: Source(folder + "/set.npz"), in: folder + "/a").dataset.index
        .dataDigest
    }
    try withTemporaryFolder { folder in
      let random = RandomStream(seed: 3, purpose: .synthesis)
      var refused = 0
      for trial in 0..<600 {
        var damaged = archive
        for change in 0..<1 + trial % 3 {
          let place = random.integer(below: archive.count, at: 20 * trial + 2 * change)
          let value = random.integer(below: 4, at: 20 * trial + 2 * change + 1)
          damaged[place] = [0, 0xFF, damaged[place] ^ 1, damaged[place] ^ 0x80][value]
        }
        if trial % 10 == 9 {
          damaged.removeLast(random.integer(below: archive.count, at: 20 * trial + 19))
        }
        var source = Source(folder + "/set.npz")
        source.format = .numpy
        try write(damaged, to: source.path)
        do {
          let made = try createDataset(from: source, in: folder + "/a", force: true).dataset
          #expect(made.index.dataDigest == sound, "trial \(trial)")
        } catch let error as any ReportableError {
          refused += 1
          #expect(!error.message.isEmpty)
        }
      }
      #expect(refused > 150)
    }
  }
}
