import ArgumentParser
import Training

/// `trainer train`: trains, or goes on training.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a plan, or goes on where it stopped (the default command).")

  @OptionGroup var arguments: TrainArguments

  /// Runs the command on all ranks.
  func run() throws {
    TrainCommand.listenToSignals()
    let command = arguments.command
    try ExitCode.check(RankProgram.run { try command.run(in: $0) })
  }
}

extension ExitCode {
  /// Ends the process with a code that is not 0.
  static func check(_ code: Int32) throws {
    if code != 0 { throw ExitCode(code) }
  }
}
