import ArgumentParser
import Foundation
import Launching
import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// Lets everything that reads what comes from outside read damaged and hostile files, in child
/// processes with limits of memory and time, and says which of them crash, hang or do not notice.
@main
struct FuzzCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "fuzz-probe")

  @Option(help: "How many files all readers read together.")
  var inputs = 9000
  @Option(help: "What all mutants depend on.")
  var seed: UInt64 = 1
  @Option(help: "The readers, separated by commas (default: all).")
  var readers: String?
  @Option(help: "Where guilty files are kept.")
  var keep = "/tmp/lockstep-fuzz"
  @Option(help: "For a child: its reader.")
  var child: String?
  @Option(help: "For a child: the number of its first mutant.")
  var first = 0
  @Option(help: "For a child: the folder of originals.")
  var folder: String?

  func run() throws {
    if let child, let folder {
      try Child(reader: reader(child), seed: seed, folder: folder).run(first..<inputs)
      return
    }
    let chosen = try readers?.split(separator: ",").map { try reader(String($0)) } ?? Reader.all
    let guilty = try Parent(seed: seed, keep: keep).run(chosen, inputs: inputs)
    guard guilty == 0 else { throw ExitCode(1) }
  }

  private func reader(_ name: String) throws -> Reader {
    guard let reader = Reader.all.first(where: { $0.name == name }) else {
      throw ValidationError("there is no reader named \(name)")
    }
    return reader
  }
}
