import ArgumentParser
import Storage
import Training

/// `trainer plan`: what a plan comes to.
struct ShowPlan: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Prints the resolved plan, or says what is wrong with it.")

  @Argument(
    help: "The plan; without one the default plan is shown.",
    completion: .file(extensions: ["yaml", "yml"]))
  var plan: String?

  @Option(help: "A data folder made by sharder, in place of the plan's.", completion: .directory)
  var data: String?

  @Option(name: .customLong("set"), help: "Change the plan: --set optimizer.lr=0.1")
  var assignments: [String] = []

  @Flag(help: "Show what the plan comes to, and where each value comes from.")
  var explain = false

  /// Prints the plan; needs no MPI.
  func run() throws {
    var command = TrainCommand()
    command.plan = plan
    command.data = data
    command.assignments = assignments
    let lines = explain ? try command.explanation() : [try command.resolvedPlan()]
    for line in lines { Console.print(line) }
  }
}
