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

  @OptionGroup var changes: PlanChanges

  @Flag(help: "Show what the plan comes to, and where each value comes from.")
  var explain = false

  /// Prints the plan; needs no MPI.
  func run() throws {
    let command = changes.command(training: plan)
    let lines = explain ? try command.explanation() : [try command.resolvedPlan()]
    for line in lines { Console.print(line) }
  }
}
