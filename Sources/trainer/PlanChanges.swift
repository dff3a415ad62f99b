import ArgumentParser
import Training

/// What a command line changes of a plan.
struct PlanChanges: ParsableArguments {
  @Option(help: "A data folder made by sharder, in place of the plan's.", completion: .directory)
  var data: String?

  @Option(name: .customLong("set"), help: "Change the plan: --set optimizer.lr=0.1")
  var assignments: [String] = []

  /// A command that trains `plan`, or the default plan, with these changes.
  func command(training plan: String?) -> TrainCommand {
    var command = TrainCommand()
    command.plan = plan
    command.data = data
    command.assignments = assignments
    return command
  }
}
