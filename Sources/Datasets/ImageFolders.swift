internal import Storage

/// What becomes of a file among images that cannot be used.
public enum BadImagePolicy: String, CaseIterable, Sendable {
  /// No data set is made.
  case fail
  /// The file is reported and left out.
  case skip
}

/// How folders of images become samples.
public struct ImageFolderOptions: Sendable {
  /// Width and height that every image is brought to; nil for 64.
  public var side: Int?
  /// How they are brought to it; nil for `cover`.
  public var rule: ResizeRule?
  /// Whether shards hold the files as they are, for ranks to decode; nil for decoded images.
  public var keepsEncoded: Bool?
  /// The part of each class that is held out for validation; nil for none.
  public var validation: Double?
  /// What becomes of files that cannot be used; nil for `fail`.
  public var badImages: BadImagePolicy?
  /// The number of cores to decode on; nil for all; it does not change the result.
  public var cores: Int?
  /// Is told of progress, by any thread: how many files are done, and of how many.
  public var progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  /// Is told of each file that cannot be used, in the files' order.
  public var report: @Sendable (DatasetError) -> Void = { _ in }

  /// Squares of 64 pixels, nothing held out, any bad file an error.
  public init() {}

  /// Whether anything is asked for that only folders of images have.
  internal var isAskedFor: Bool {
    side != nil || rule != nil || keepsEncoded != nil || validation != nil || badImages != nil
  }
}

/// An image file and its label.
internal struct ImageFile {
  var path: String
  var label: Int
}

/// The image files of a folder, by split and class.
internal struct ImageFolders {
  /// The names of the classes: those of the training split's folders, in the order of their bytes.
  let classes: [String]
  /// The splits' files, class by class, each in torchvision's order; `train` comes first.
  let splits: [(name: String, files: [ImageFile])]

  /// Lists what lies in `folder`: one folder a class, or `train` and others above those.
  init(_ folder: String) throws {
    let names = try folders(in: folder)
    let isDivided = names.contains("train") && names.allSatisfy { splitNames[$0] != nil }
    let parts = isDivided ? names.map { ($0, splitNames[$0] ?? $0) } : [("", "train")]
    let training = isDivided ? folder + "/train" : folder
    let classes = try folders(in: training)
    guard !classes.isEmpty else {
      throw DatasetError(
        training, "there is no folder in it", remedy: "put the images of each class in one")
    }
    var splits: [(name: String, files: [ImageFile])] = []
    // In ascending order of the names that the splits get, with `train` before the others.
    for (part, name) in parts.sorted(by: { ($0.1 != "train", $0.1) < ($1.1 != "train", $1.1) }) {
      let path = part.isEmpty ? folder : "\(folder)/\(part)"
      if splits.last?.name == name {
        throw DatasetError(
          path, "there is another folder for \(name)", remedy: "put them together")
      }
      splits.append((name, try labelledFiles(path, classes, mayLackClasses: name != "train")))
    }
    self.classes = classes
    self.splits = splits
  }
}

/// Folders above those of the classes, and the splits that they stand for.
private let splitNames = [
  "train": "train", "val": "validation", "valid": "validation", "validation": "validation",
  "test": "test",
]

private func < (a: (Bool, String), b: (Bool, String)) -> Bool {
  a.0 == b.0 ? a.1 < b.1 : !a.0
}

/// The files of one split, class by class.
private func labelledFiles(
  _ folder: String, _ classes: [String], mayLackClasses: Bool
) throws -> [ImageFile] {
  let present = try folders(in: folder)
  if let stranger = present.first(where: { !classes.contains($0) }) {
    throw DatasetError(
      "\(folder)/\(stranger)", "the training images have no such class",
      remedy: "rename it, or give train a folder of that name")
  }
  return try classes.enumerated().flatMap { label, name -> [ImageFile] in
    guard present.contains(name) else { return [] }
    let paths = try files(under: "\(folder)/\(name)")
    if paths.isEmpty && !mayLackClasses {
      throw DatasetError(
        "\(folder)/\(name)", "there is no file in it", remedy: "remove it, or add its images")
    }
    return paths.map { ImageFile(path: $0, label: label) }
  }
}

/// The names of the folders in `folder`, in the order of their bytes, as Python sorts them.
private func folders(in folder: String) throws -> [String] {
  try Folder.names(in: folder).filter { Folder.exists("\(folder)/\($0)") }
    .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// All files under `folder` in the order of Python's `sorted(os.walk(folder))`, each folder's names
/// sorted: torchvision's.
internal func files(under folder: String) throws -> [String] {
  var all: [(folder: String, names: [String])] = []
  var waiting = [folder]
  while let next = waiting.popLast() {
    let inner = try folders(in: next)
    waiting += inner.map { "\(next)/\($0)" }
    let names = Set(try Folder.names(in: next)).subtracting(inner)
    all.append((next, names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }))
  }
  return
    all
    .sorted { $0.folder.utf8.lexicographicallyPrecedes($1.folder.utf8) }
    .flatMap { folder, names in names.map { "\(folder)/\($0)" } }
}
