internal import Storage

/// The files of a source: those in its folder, or the one that it is.
internal struct SourceFiles {
  /// The path of the source.
  let path: String
  /// The folder of the files.
  let folder: String
  /// The names of the files in the folder, in ascending order.
  let names: [String]
  /// The one file meant; nil where the source is a folder of several.
  let single: String?

  /// Looks at what lies at `path`; throws if there is nothing.
  init(_ path: String) throws {
    self.path = path
    let isFolder = Folder.exists(path)
    guard isFolder || DurableFile.exists(path) else {
      throw FileError("open", path: path, errorNumber: FileError.missing)
    }
    let slash = path.lastIndex(of: "/")
    folder = isFolder ? path : slash.map { String(path[...$0]) } ?? "."
    names = try Folder.names(in: folder)
    if isFolder {
      // A folder with one file of data, whatever its name, stands for that file.
      let data = names.filter { name in
        [".bin", ".h5", ".hdf5", ".npz"].contains { name.hasSuffix($0) }
      }
      single = data.count == 1 && !cifarNames.contains(data[0]) ? data[0] : nil
    } else {
      single = String(slash.map { path[path.index(after: $0)...] } ?? path[...])
    }
  }

  /// The path of the file of that name.
  func path(of name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The form that names, sizes and first bytes tell; throws if they do not.
  func guessedFormat() throws -> SourceFormat {
    if let single { return try guessedFormat(of: path(of: single)) }
    if names.contains(where: { $0.hasPrefix("train-images") }) { return .idx }
    if names.contains(where: { $0.hasPrefix("data_batch_") }) { return .cifar10 }
    if names.contains("train.bin") { return .cifar100 }
    if names.contains(where: { $0.hasSuffix(".h5") || $0.hasSuffix(".hdf5") }) { return .hdf5 }
    if names.contains(where: { $0.hasSuffix(".npy") }) { return .numpy }
    if names.contains(where: { Folder.exists(path(of: $0)) }) { return .folder }
    throw unknown(
      "none of its files has a usual name (train-images-idx3-ubyte, data_batch_1.bin, train.bin, "
        + "*.h5, *.npy), and it holds no folders of images")
  }

  private func guessedFormat(of file: String) throws -> SourceFormat {
    let bytes = try MappedFile(file)
    if Gzip.isCompressed(bytes.bytes) { return .idx }
    let head = unsafe [UInt8](bytes.unsafeBytes.prefix(4))
    if head == [0x89, 0x48, 0x44, 0x46] { return .hdf5 }
    // "\x93NUM" of an array, "PK" and two numbers of an archive.
    if head == [0x93, 0x4E, 0x55, 0x4D] || head == [0x50, 0x4B, 3, 4] { return .numpy }
    if head.starts(with: [0, 0, 8]) && (head.last == 3 || head.last == 4) { return .idx }
    switch (bytes.count % 3073 == 0, bytes.count % 3074 == 0) {
    case (true, false): return .cifar10
    case (false, true): return .cifar100
    default: throw unknown("neither its first bytes nor its size tell its form")
    }
  }

  private func unknown(_ reason: String) -> DatasetError {
    DatasetError(
      path, reason, remedy: "say what it is with --format \(SourceFormat.list)")
  }
}

/// The usual names of CIFAR's files, which mean a folder even where only one is there.
private let cifarNames = ["test_batch.bin", "train.bin", "test.bin"]
