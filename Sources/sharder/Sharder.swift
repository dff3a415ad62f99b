import ArgumentParser
import Storage

/// Makes, shows and checks data sets in shards.
@main
struct Sharder: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sharder",
    abstract: "Makes, shows and checks data sets in shards.",
    subcommands: [Create.self, Cut.self, Inspect.self, Verify.self, ReadHDF5.self])

  /// Runs the command; a failure is one line on standard error, and a status after sysexits.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as any ReportableError {
      fail(error.message, error.exitCode.rawValue)
    } catch {
      // Help and version are "errors" too, with status 0.
      let status = exitCode(for: error).rawValue
      if status == 0 || message(for: error).isEmpty { exit(withError: error) }
      fail(message(for: error), status)
    }
  }
}
