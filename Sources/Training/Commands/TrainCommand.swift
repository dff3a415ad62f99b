public import Collectives
import Kernels
import Storage

/// What `trainer train` was asked to do.
public struct TrainCommand: Sendable {
  /// Whether to go on where a run of the same recipe stopped.
  public enum Resume: String, CaseIterable, Sendable {
    /// From the newest checkpoint whose digest holds, if there is one.
    case auto
    /// From the beginning; a folder with checkpoints is an error.
    case never
  }

  /// The plan's file; nil for the default plan.
  public var plan: String?
  /// The data folder, in place of the plan's.
  public var data: String?
  /// The run folder; nil for one named after plan and recipe.
  public var run: String?
  /// Assignments `key.path=value`.
  public var assignments: [String] = []
  /// Whether to go on where a run stopped.
  public var resume = Resume.auto
  /// After how many steps to stop although the recipe has more; nil for never.
  public var stopAfter: Int?
  /// Where a trace of what every rank does goes; nil for none.
  public var timeline: String?
  /// Whether ranks on different kinds of CPU are let through.
  public var allowsMixedMachines = false
  /// Whether to do only what comes before training, write nothing, and say what would happen.
  public var isDryRun = false

  /// The default plan on the data that are there.
  public init() {}

  /// Trains, on all ranks of `world` together.
  public func run(in world: World) throws {
    useOneBLASThread()
    if isDryRun { return try rehearse(in: world) }
    var run = try prepare(in: world)
    let coordinator = run.coordinator
    let watchdog = run.watchdog
    // Its thread looks at memory that ends with MPI.
    defer { watchdog.stop() }
    coordinator.began(
      resuming: run.firstStep > 0,
      in: Machine.environment(of: world, transport: run.reducer.transportInUse))
    let timeline = try timeline.map { try RankTimeline(path: $0, in: world) }
    run.reducer.progress.timeline = timeline?.timeline
    // A run that fails keeps what it had handed over to be saved.
    defer { coordinator.finishSaves() }
    let steps = try run.train()
    if coordinator.latest.step != steps { try run.evaluate(after: steps - 1, decides: false) }
    run.reducer.progress.enter(.finishing)
    try timeline?.finish(in: world, coordinator)
    coordinator.keepFindings(on: run.evaluator.sets, run.preprocessing)
    try world.together { try coordinator.finish(after: steps) }
    watchdog.stop()
    try run.reducer.close()
    try run.reducer.progress.board.close()
  }
}
