import ArgumentParser
import Datasets
import Storage

struct Cut: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Cuts annotated boxes out of images: a folder of images a class.",
    discussion: """
      SOURCE is in the form of Pascal VOC: Annotations/NAME.xml, JPEGImages/NAME.jpg (or png), and \
      perhaps ImageSets/Main/train.txt, val.txt and test.txt with the names of each split. The pieces \
      become OUTPUT/[SPLIT/]CLASS/NAME-NUMBER.png, of which `sharder create OUTPUT` makes shards.
      """)

  @Argument(help: "The folder with Annotations and JPEGImages.")
  var source: String
  @Option(name: .shortAndLong, help: "The folder to put the pieces in.")
  var output: String
  @Flag(help: "Widen each box to a square, moved inside the image.")
  var square = false
  @Option(help: "Widen each box by this part of its width and height.")
  var margin = 0.0
  @Option(help: "Leave out boxes with a side of fewer pixels.")
  var smallest = 1
  @Option(help: "An image or annotation that cannot be used: fail, or skip and report it.")
  var onBadImage = "fail"
  @Flag(help: "Write into a folder that is not empty.")
  var force = false

  func validate() throws {
    guard (0...4).contains(margin) else { throw ValidationError("--margin must be 0 to 4") }
    guard smallest >= 1 else { throw ValidationError("--smallest must be at least 1") }
    guard BadImagePolicy(rawValue: onBadImage) != nil else {
      throw ValidationError("--on-bad-image must be fail or skip")
    }
  }

  func run() throws {
    var options = BoxCuttingOptions()
    options.isSquare = square
    options.margin = margin
    options.smallest = smallest
    options.badImages = BadImagePolicy(rawValue: onBadImage) ?? .fail
    options.force = force
    let progress = Progress(of: "images")
    options.progress = { progress.show($0, of: $1) }
    options.report = { complain($0.message) }
    let counts = try cutBoxes(from: source, into: output, options)
    // Once for all: syncing each of thousands of small files takes longer than cutting them.
    DurableFile.syncAll()
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) { print("\(name): \(count)") }
  }
}
