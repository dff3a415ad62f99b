import ArgumentParser
import Datasets
import Storage

struct Create: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a data set from original files.",
    discussion: """
      The same input gives the same bytes. Repeating the command does no harm.

      An image folder (--format folder) has one folder of JPEG and PNG files a class, or train/ and \
      val/ (or test/) above them. Of every image the shorter side is brought to --size, and the \
      middle is cut out, or, with --resize stretch, both sides are. \
      With --keep-encoded the shards hold the files as they are, and ranks do that when they train, to \
      any size (data.size in the plan). All cores decode; their number does not change the result.
      """)

  @Argument(
    help: "A folder of original files under their usual names, of images, or a file.",
    completion: .file())
  var source: String
  @Option(
    name: .shortAndLong, help: "The folder to make the data set in.", completion: .directory)
  var output: String
  @Option(help: "The form of the files: auto, \(SourceFormat.list).")
  var format = "auto"
  @Option(help: "The number of shards a split (default: shards of at most about 64 MB).")
  var shards: Int?
  @Option(help: "The names of the classes, in the order of the labels: cat,dog,…")
  var classes: String?
  @Option(help: "The array of images in an HDF5 or NumPy file (default: found out).")
  var images: String?
  @Option(help: "The array of labels in an HDF5 or NumPy file (default: found out).")
  var labels: String?
  @Option(help: "Width and height that images of a folder are brought to (default: 64).")
  var size: Int?
  @Option(help: "How they are brought to it: \(ResizeRule.list) (default: cover).")
  var resize: String?
  @Flag(help: "Keep JPEG and PNG files as they are, for ranks to decode.")
  var keepEncoded = false
  @Option(help: "The part of each class to hold out for validation: 0.1 (default: none).")
  var validation: Double?
  @Option(help: "A file of an image folder that cannot be used: fail, or skip and report it.")
  var onBadImage: String?
  @Flag(help: "Replace another data set in the folder.")
  var force = false

  func validate() throws {
    guard format == "auto" || SourceFormat(rawValue: format) != nil else {
      throw ValidationError("--format \(format) is unknown; use auto, \(SourceFormat.list)")
    }
    guard shards.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--shards must be at least 1")
    }
    guard size.map({ (1...ShardIndex.largestSize).contains($0) }) ?? true else {
      throw ValidationError("--size must be 1 to \(ShardIndex.largestSize)")
    }
    guard resize.map({ ResizeRule(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("--resize must be \(ResizeRule.list)")
    }
    guard validation.map({ $0 > 0 && $0 < 1 }) ?? true else {
      throw ValidationError("--validation must be more than 0 and less than 1, such as 0.1")
    }
    guard onBadImage.map({ BadImagePolicy(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("--on-bad-image must be fail or skip")
    }
  }

  func run() throws {
    var source = Source(source)
    source.format = SourceFormat(rawValue: format)
    source.classes = classes?.split(separator: ",").map(String.init)
    source.images = images
    source.labels = labels
    // This program again: what a foreign file does to libhdf5 does not happen here.
    source.hdf5Worker = "/proc/self/exe"
    source.imageFolders.side = size
    source.imageFolders.rule = resize.flatMap(ResizeRule.init(rawValue:))
    source.imageFolders.keepsEncoded = keepEncoded ? true : nil
    source.imageFolders.validation = validation
    source.imageFolders.badImages = onBadImage.flatMap(BadImagePolicy.init(rawValue:))
    let progress = Progress(of: "images")
    source.imageFolders.progress = { progress.show($0, of: $1) }
    source.imageFolders.report = { complain($0.message) }
    let (dataset, outcome) = try createDataset(
      from: source, in: output, shards: shards, force: force)
    print(try dataset.summary())
    if outcome == .unchanged { print("already there, nothing written") }
  }
}

/// What `create` starts for each HDF5 file.
struct ReadHDF5: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read-hdf5", abstract: "Reads an HDF5 file for `create`.", shouldDisplay: false)

  @Argument var file: String
  @Option var images: String?
  @Option var labels: String?

  func run() throws {
    let status = serveHDF5(file, images: images, labels: labels)
    if status != 0 { throw ArgumentParser.ExitCode(status) }
  }
}

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Shows what a data set holds.")

  @Argument(help: "The folder of the data set.", completion: .directory)
  var folder: String
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let dataset = try Dataset(folder: folder)
    print(try json ? dataset.summaryJSON() : dataset.summary())
  }
}

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks every shard of a data set.",
    discussion: "Names each shard that is damaged, and then ends with status 65.")

  @Argument(help: "The folder of the data set.", completion: .directory)
  var folder: String

  func run() throws {
    let dataset = try Dataset(folder: folder)
    let faults = dataset.verify()
    for fault in faults { complain(fault) }
    // ArgumentParser has an ExitCode too.
    let badData = Storage.ExitCode.badData.rawValue
    guard faults.isEmpty else { fail("damaged shards: \(faults.count)", badData) }
    print("\(folder): all shards are sound")
  }
}
