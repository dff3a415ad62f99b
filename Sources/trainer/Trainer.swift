import ArgumentParser
import Collectives
import Storage
import Training

/// Trains convolutional networks on the processes that mpirun starts.
@main
struct Trainer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trainer",
    abstract: "Trains convolutional networks, with the same bits for any number of processes.",
    discussion: "Start it under mpirun: mpirun -n 8 trainer train PLAN.yaml",
    subcommands: [Train.self, Evaluate.self, ShowPlan.self], defaultSubcommand: Train.self)

  /// Runs the command; what is wrong with its arguments is said by one rank for all.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as any ReportableError {
      if World.rankBeforeStart == 0 { Console.complain("trainer: " + error.message) }
      exit(withError: ArgumentParser.ExitCode(error.exitCode.rawValue))
    } catch {
      let isQuiet = World.rankBeforeStart != 0
      exit(withError: isQuiet ? ArgumentParser.ExitCode(exitCode(for: error).rawValue) : error)
    }
  }
}
