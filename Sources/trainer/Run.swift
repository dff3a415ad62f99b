import ArgumentParser
import FoundationEssentials
import Supervision
import Training

/// `trainer run`: starts the ranks, and starts them again.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains under mpirun, and goes on after whatever happens to it.",
    discussion: """
      Starts mpirun with options that fit this machine. After a killed or crashed rank it starts \
      again from the newest good checkpoint, and the result has the same bits. It stops where \
      another try mends nothing (a wrong plan, damaged data, a full disk). However it ends, it \
      leaves no process and no temporary file behind.

      SIGUSR1 saves a checkpoint. SIGTERM, SIGINT (Ctrl-C), SIGHUP and SIGUSR2 save one and end; \
      a second of them ends at once.

      Exit codes: 0 the run is done; 64 to 78 the trainer's own, such as 64 for a wrong plan; \
      128 and the signal's number, such as 143 for SIGTERM, stopped by it: the same command goes \
      on; other codes: given up after too many starts in vain.
      """)

  @Option(name: .customShort("n"), help: "How many ranks (default: one a core, at most 8).")
  var ranks: Int?

  @Option(
    help: """
      The machines that ranks run on, and how many each takes, such as node1:8,node2:8 \
      (default: this machine).
      """) var host: String?

  @Option(help: "A file that says so, with lines such as \"node1 slots=8\".")
  var hostfile: String?

  @Option(
    help: """
      With how few ranks to go on where a start with more comes to nothing, or a core or machine \
      is gone.
      """)
  var minRanks: Int?

  @Option(help: "How often to start again without a newer checkpoint.")
  var maxRestarts = 5

  @OptionGroup(title: "Training") var training: TrainArguments

  /// Refuses numbers that are none.
  func validate() throws {
    if let ranks, ranks < 1 { throw ValidationError("-n must be at least 1") }
    if let minRanks, minRanks < 1 { throw ValidationError("--min-ranks must be at least 1") }
    if host != nil, hostfile != nil {
      throw ValidationError("--host and --hostfile are both given; keep one of them")
    }
    if maxRestarts < 0 { throw ValidationError("--max-restarts must be at least 0") }
  }

  /// Supervises; this process starts no MPI.
  func run() throws {
    var supervisor = Supervisor()
    supervisor.hosts = try host.map { try Hosts(list: $0) } ?? hostfile.map { try Hosts(file: $0) }
    supervisor.ranks = ranks ?? supervisor.hosts?.slots ?? Supervisor.usualRanks
    supervisor.fewestRanks = minRanks ?? supervisor.ranks
    supervisor.restartLimit = maxRestarts
    supervisor.program = [try Self.ownPath(), "train"] + training.words
    let command = training.command
    supervisor.progress = {
      command.progress().map { RunProgress(step: $0.step, lastStep: $0.lastStep) }
    }
    supervisor.sign = { command.lifeSign().flatMap { Recovery.Sign($0) } }
    supervisor.record = { command.record(recovery: $0.line, step: $0.step, seconds: $0.seconds) }
    try ExitCode.check(try supervisor.run())
  }

  /// Where this program lies: ranks are to be the same one.
  static func ownPath() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }
}

extension Recovery.Sign {
  /// The sign of a run that has begun a step.
  init?(_ sign: LifeSign) {
    guard sign.lastTime > 0 else { return nil }
    self.init(
      firstStep: Int(sign.firstStep),
      firstTime: sign.firstTime > 0 ? Double(sign.firstTime) * 1e-9 : nil,
      lastStep: Int(sign.lastStep), lastTime: Double(sign.lastTime) * 1e-9)
  }
}
