public import Collectives
import Storage

/// A program that all ranks run together, and how it ends.
public enum RankProgram {
  /// Whether this process is the one that speaks for all before MPI has started.
  public static var speaksBeforeStart: Bool { World.rankBeforeStart == 0 }

  /// Ends with an error that all ranks found by themselves before MPI started, printed once.
  ///
  /// Where a launcher waits for this process, MPI starts for that: a launcher ends the whole job
  /// with the first rank that fails, and the one that speaks must have spoken by then.
  public static func end(with error: AgreedError) -> Int32 {
    if World.isLaunched { return run { _ in throw error } }
    Console.complain("trainer: " + error.message)
    return error.exitCode.rawValue
  }

  /// Starts MPI, runs `body`, and returns what the process exits with.
  ///
  /// An error that all ranks know of is printed once, and all end with its code. An error of one
  /// rank alone is printed with the rank's number, and the job is aborted: no rank is left waiting.
  public static func run(_ body: (World) throws -> Void) -> Int32 {
    let world: World
    do {
      world = try World()
    } catch {
      Console.complain("trainer: \(error)")
      return AgreedError(error).exitCode.rawValue
    }
    do {
      try body(world)
      try world.finalize()
      return 0
    } catch let error as AgreedError {
      Coordinator.complain(error, in: world)
      // Finalize waits for all; they all come, as they all have this error.
      try? world.finalize()
      return error.exitCode.rawValue
    } catch {
      let error = AgreedError(error)
      Console.complain("trainer: rank \(world.rank): \(error.message)")
      world.abort(error.exitCode.rawValue)
    }
  }
}
