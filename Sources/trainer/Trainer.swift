import ArgumentParser
import Storage
import Training

/// Trains convolutional networks on the processes that mpirun starts.
@main
struct Trainer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trainer",
    abstract: "Trains convolutional networks, with the same bits for any number of processes.",
    discussion: """
      trainer run -n 8 PLAN.yaml starts the ranks itself and keeps them going; \
      mpirun -n 8 trainer PLAN.yaml does without a supervisor.
      """,
    subcommands: [
      Train.self, Run.self, Evaluate.self, Predict.self, Report.self, ShowPlan.self,
      ShowNetworks.self,
      Augment.self, Doctor.self, Bench.self,
      Doctor.self, Bench.self,
    ],
    defaultSubcommand: Train.self)

  private static func end(_ error: AgreedError) -> Never {
    exit(withError: ArgumentParser.ExitCode(RankProgram.end(with: error)))
  }

  /// Runs the command; what is wrong with its arguments is said by one rank for all.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as any ReportableError {
      end(AgreedError(error))
    } catch {
      let code = exitCode(for: error)
      let isMistake = !code.isSuccess && !message(for: error).isEmpty
      if isMistake {
        end(AgreedError(exitCode: .usage, message: message(for: error) + "; see trainer --help"))
      }
      // Help is an "error" too, with status 0.
      exit(withError: RankProgram.speaksBeforeStart ? error : code)
    }
  }
}
