import ArgumentParser
import Training

/// `trainer train`: trains, or goes on training.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a plan, or goes on where it stopped (the default command).")

  @OptionGroup var arguments: TrainArguments

  @Flag(help: "Check plan, data, memory and run folder, say what would happen, and end.")
  var dryRun = false

  /// Runs the command on all ranks.
  func run() throws {
    TrainCommand.listenToSignals()
    var command = arguments.command
    command.isDryRun = dryRun
    try ExitCode.check(RankProgram.run { [command] in try command.run(in: $0) })
  }
}

extension ExitCode {
  /// Ends the process with a code that is not 0.
  static func check(_ code: Int32) throws {
    if code != 0 { throw ExitCode(code) }
  }
}
