import ArgumentParser
import Datasets
import Storage

struct Create: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a data set from original files.",
    discussion: "The same input gives the same bytes. Repeating the command does no harm.")

  @Argument(help: "A folder of original files under their usual names, or a file.")
  var source: String
  @Option(name: .shortAndLong, help: "The folder to make the data set in.")
  var output: String
  @Option(help: "The form of the files: auto, idx, cifar10, cifar100 or hdf5.")
  var format = "auto"
  @Option(help: "The number of shards a split (default: shards of at most about 64 MB).")
  var shards: Int?
  @Option(help: "The names of the classes, in the order of the labels: cat,dog,…")
  var classes: String?
  @Option(help: "The dataset of images in an HDF5 file (default: found out).")
  var images: String?
  @Option(help: "The dataset of labels in an HDF5 file (default: found out).")
  var labels: String?
  @Flag(help: "Replace another data set in the folder.")
  var force = false

  func validate() throws {
    guard format == "auto" || SourceFormat(rawValue: format) != nil else {
      throw ValidationError("--format \(format) is unknown; use auto, idx, cifar10, cifar100, hdf5")
    }
    guard shards.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--shards must be at least 1")
    }
  }

  func run() throws {
    var source = Source(source)
    source.format = SourceFormat(rawValue: format)
    source.classes = classes?.split(separator: ",").map(String.init)
    source.images = images
    source.labels = labels
    let (dataset, outcome) = try createDataset(
      from: source, in: output, shards: shards, force: force)
    print(try dataset.summary())
    if outcome == .unchanged { print("already there, nothing written") }
  }
}

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Shows what a data set holds.")

  @Argument(help: "The folder of the data set.")
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

  @Argument(help: "The folder of the data set.")
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
