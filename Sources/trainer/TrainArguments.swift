public import ArgumentParser
public import Training

/// What `trainer train` and `trainer run` are told of a training.
struct TrainArguments: ParsableArguments {
  @Argument(
    help: "The plan; without one LeNet is trained on the data that are there.",
    completion: .file(extensions: ["yaml", "yml"]))
  var plan: String?

  @OptionGroup var changes: PlanChanges

  @Option(
    name: .customLong("run"),
    help: "The run folder (default: runs/<plan>-<digest of the recipe>).", completion: .directory)
  var folder: String?

  @Option(help: "auto: go on from the newest good checkpoint; never: refuse to.")
  var resume = TrainCommand.Resume.auto

  @Option(help: "Stop, with a checkpoint, after this step although the plan has more.")
  var stopAfter: Int?

  @Option(help: "Damaged data: stop, or skip their samples and go on (data.on_damaged).")
  var onDamaged: String?

  @Option(
    help: "Write what every rank does, step by step, to this file, for https://ui.perfetto.dev")
  var timeline: String?

  @Flag(
    name: .customLong("allow-mixed-cpus"),
    help: "Let ranks on different kinds of CPU train together; bits then depend on who does what.")
  var allowMixedCPUs = false

  /// Refuses a length that is none.
  func validate() throws {
    if let stopAfter, stopAfter < 1 { throw ValidationError("--stop-after must be at least 1") }
  }

  /// What they ask for.
  var command: TrainCommand {
    var command = changes.command(training: plan)
    command.run = folder
    command.assignments = allAssignments
    command.resume = resume
    command.stopAfter = stopAfter
    command.timeline = timeline
    command.allowsMixedMachines = allowMixedCPUs
    return command
  }

  /// All changes of the plan, those with an option of their own last.
  private var allAssignments: [String] {
    changes.assignments + (onDamaged.map { ["data.on_damaged=\($0)"] } ?? [])
  }

  /// The words of a command line that says the same.
  var words: [String] {
    var words: [String] = []
    if let data = changes.data { words += ["--data", data] }
    if let folder { words += ["--run", folder] }
    for assignment in allAssignments { words += ["--set", assignment] }
    words += ["--resume", resume.rawValue]
    if let stopAfter { words += ["--stop-after", "\(stopAfter)"] }
    if let timeline { words += ["--timeline", timeline] }
    if allowMixedCPUs { words.append("--allow-mixed-cpus") }
    if let plan { words += ["--", plan] }
    return words
  }
}

extension TrainCommand.Resume: ExpressibleByArgument {}
