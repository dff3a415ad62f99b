internal import Storage

/// A data set as its original files give it.
internal struct SourceData {
  /// The names of the classes, where the files or their format tell.
  var classes: [String]?
  /// How image files were brought to one size; nil where there were none.
  var resize: ResizeRule?
  /// The splits by name; `train` is always there.
  var splits: [String: LabelledImages]

  /// The names of the classes: those asked for, else those known, else the labels' numbers.
  ///
  /// Throws if the shapes differ, or a label is outside the classes.
  func checkedClasses(_ wanted: [String]?) throws -> [String] {
    let largest = splits.values.compactMap { $0.labels.max() }.max() ?? 0
    // Without names, the labels themselves say how many classes there are: at least two.
    let classes = wanted ?? classes ?? (0...max(min(largest, 65_535), 1)).map(String.init)
    for (name, split) in splits.sorted(by: { $0.key < $1.key }) {
      for (sample, label) in split.labels.enumerated()
      where label < 0 || label >= classes.count {
        throw DatasetError(
          split.labelFile,
          "label \(label) of sample \(sample) of \(name) is outside the \(classes.count) classes",
          remedy: "name all classes with --classes, or repair the file")
      }
      guard split.shape == splits["train"]?.shape else {
        throw DatasetError(
          split.labelFile,
          "images of \(name) are \(split.shape), those of train \(splits["train"]?.shape ?? [])",
          remedy: "all images of a data set have one shape")
      }
    }
    return classes
  }
}

/// The forms of original files that are understood.
public enum SourceFormat: String, CaseIterable, Sendable {
  /// IDX, the form of MNIST and Fashion-MNIST, gzip-compressed or not.
  case idx
  /// CIFAR-10's binary form.
  case cifar10
  /// CIFAR-100's binary form; the fine labels are used.
  case cifar100
  /// HDF5 with a dataset of images and one of labels.
  case hdf5
  /// NumPy's arrays: an archive `.npz`, or files `.npy`.
  case numpy
  /// Folders of JPEG and PNG files, one a class, as torchvision's ImageFolder has them.
  case folder

  /// The names of all forms, for a person to choose from.
  public static var list: String {
    allCases.dropLast().map(\.rawValue).joined(separator: ", ") + " or folder"
  }
}

/// What to make shards from, and how it is read.
public struct Source: Sendable {
  /// A folder of original files under their usual names, or a file.
  public var path: String
  /// The form of the files; nil to find out.
  public var format: SourceFormat?
  /// The names of the classes; nil for those known, else the labels' numbers.
  public var classes: [String]?
  /// The name of the array of images in an HDF5 file or among NumPy's arrays; nil to find out.
  public var images: String?
  /// The name of the array of labels in an HDF5 file or among NumPy's arrays; nil to find out.
  public var labels: String?
  /// The program that reads HDF5 files in a process of its own; nil to read them in this one.
  public var hdf5Worker: String?
  /// How folders of images are read.
  public var imageFolders = ImageFolderOptions()

  /// The original files at `path`, with everything else to be found out.
  public init(_ path: String) { self.path = path }

  /// Reads all of it; throws an error that names the file that is wrong.
  internal func read() throws -> SourceData {
    let files = try SourceFiles(path)
    let format = try format ?? files.guessedFormat()
    guard format == .folder || !imageFolders.isAskedFor else {
      throw DatasetError(
        path,
        "its form is \(format), and --size, --resize, --keep-encoded, --validation and "
          + "--on-bad-image are for folders of images", remedy: "leave them out", exitCode: .usage)
    }
    switch format {
    case .idx: return try readIDX(files)
    case .cifar10: return try readCIFAR(files, .cifar10)
    case .cifar100: return try readCIFAR(files, .cifar100)
    case .hdf5:
      let worker = hdf5Worker.map { HDF5Worker(program: $0) }
      return try readHDF5(files, images: images, labels: labels, worker: worker)
    case .numpy: return try readNumPy(files, images: images, labels: labels)
    case .folder:
      guard classes == nil else {
        throw DatasetError(
          path, "the classes of an image folder are named by its folders",
          remedy: "leave --classes out", exitCode: .usage)
      }
      return try readImageFolders(files.path, imageFolders)
    }
  }
}
