import ArgumentParser
import Storage
import Training

/// `trainer networks`: what networks there are.
struct ShowNetworks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "networks",
    abstract: "Lists the networks, or shows one layer by layer.")

  @Argument(
    help: "A network of the list, or a plan (FILE.yaml); without one, the list.",
    completion: .list(NetworksCommand.names))
  var network: String?

  @Option(help: "Height, width and channels of an image: 64x64x3 (default: the usual one).")
  var input: String?

  @Option(help: "The number of classes (default: the usual one).")
  var classes: Int?

  @Option(help: "The samples of the micro-batch that memory is told for.")
  var micro = 16

  @Flag(help: "Print JSON.")
  var json = false

  /// Refuses numbers that are none.
  func validate() throws {
    if !(1...65536).contains(micro) { throw ValidationError("--micro must be 1 to 65536") }
  }

  /// Prints them; needs no MPI.
  func run() throws {
    var command = NetworksCommand()
    command.name = network
    command.input = input
    command.classes = classes
    command.microBatch = micro
    command.json = json
    for line in try command.lines() { Console.print(line) }
  }
}
