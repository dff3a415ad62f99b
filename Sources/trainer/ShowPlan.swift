import ArgumentParser
import Storage
import Training

/// `trainer plan`: what a plan comes to.
struct ShowPlan: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Prints the resolved plan, or says what is wrong with it.")

  @Argument(help: "The plan; without one the default plan is shown.")
  var plan: String?

  @Option(help: "A data folder made by sharder, in place of the plan's.")
  var data: String?

  @Option(name: .customLong("set"), help: "Change the plan: --set optimizer.lr=0.1")
  var assignments: [String] = []

  /// Prints the plan; needs no MPI.
  func run() throws {
    var command = TrainCommand()
    command.plan = plan
    command.data = data
    command.assignments = assignments
    Console.print(try command.resolvedPlan())
  }
}
