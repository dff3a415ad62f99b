public import ArgumentParser
public import Training

/// `trainer train`: trains, or goes on training.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a plan, or goes on where it stopped (the default command).")

  @Argument(help: "The plan; without one LeNet is trained on the data that are there.")
  var plan: String?

  @Option(help: "A data folder made by sharder, in place of the plan's.")
  var data: String?

  @Option(
    name: .customLong("run"),
    help: "The run folder (default: runs/<plan>-<digest of the recipe>).")
  var folder: String?

  @Option(name: .customLong("set"), help: "Change the plan: --set optimizer.lr=0.1")
  var assignments: [String] = []

  @Option(help: "auto: go on from the newest good checkpoint; never: refuse to.")
  var resume = TrainCommand.Resume.auto

  @Option(help: "Stop, with a checkpoint, after this step although the plan has more.")
  var stopAfter: Int?

  @Flag(
    name: .customLong("allow-mixed-cpus"),
    help: "Let ranks on different kinds of CPU train together; bits then depend on who does what.")
  var allowMixedCPUs = false

  /// Refuses a length that is none.
  func validate() throws {
    if let stopAfter, stopAfter < 1 { throw ValidationError("--stop-after must be at least 1") }
  }

  /// Runs the command on all ranks.
  func run() throws {
    var command = TrainCommand()
    command.plan = plan
    command.data = data
    command.run = folder
    command.assignments = assignments
    command.resume = resume
    command.stopAfter = stopAfter
    command.allowsMixedMachines = allowMixedCPUs
    try ExitCode.check(RankProgram.run { try command.run(in: $0) })
  }
}

extension TrainCommand.Resume: ExpressibleByArgument {}

extension ExitCode {
  /// Ends the process with a code that is not 0.
  static func check(_ code: Int32) throws {
    if code != 0 { throw ExitCode(code) }
  }
}
