import ArgumentParser
import Diagnosis
import FoundationEssentials
import Storage
import Supervision
import Training

/// `trainer doctor`: what a run would depend on besides plan and data, and what is wrong with it.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Looks at CPU, MPI, memory and disk, and says what is wrong and what to do.",
    discussion: """
      Starts two ranks and lets them exchange, writes and reads HDF5 and the disk, and compares \
      what there is with what the plan takes. Exit code 0: nothing stops training; 1: something does.
      """)

  @Argument(
    help: "The plan to be trained; without one the default plan.",
    completion: .file(extensions: ["yaml", "yml"]))
  var plan: String?

  @Option(name: .customShort("n"), help: "How many ranks are to run (default: as trainer run).")
  var ranks: Int?

  @Option(
    name: .customLong("run"), help: "The folder that runs are to be kept in.",
    completion: .directory)
  var folder = "runs"

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(
    name: .customLong("as-rank"),
    help: ArgumentHelp(
      "Exchange with the other ranks: what the doctor starts two of.", visibility: .hidden))
  var isRank = false

  /// Refuses a number that is none.
  func validate() throws {
    if let ranks, ranks < 1 { throw ValidationError("-n must be at least 1") }
  }

  /// Examines this machine; starts no MPI itself.
  func run() throws {
    if isRank {
      return try ArgumentParser.ExitCode.check(RankProgram.run { try LaunchProbe.run(in: $0) })
    }
    guard ProcessInfo.processInfo.environment["OMPI_COMM_WORLD_RANK"] == nil else {
      throw ValidationError("trainer doctor starts ranks itself: run it without mpirun")
    }
    let ranks = ranks ?? Supervisor.usualRanks
    var command = TrainCommand()
    command.plan = plan
    let need = try command.need(ranks: ranks).map {
      Examination.Need(rank: $0.rank, sharedMemory: $0.sharedMemory, checkpoint: $0.checkpoint)
    }
    let examination = Examination(
      ranks: ranks, folder: folder, need: need, probe: [try Run.ownPath(), "doctor", "--as-rank"]
    ) { Examination.Trial(ShortProgram($0, seconds: 60)) }
    let findings = examination.findings()
    let lines = json ? [try Self.json(findings)] : Self.table(of: findings)
    for line in lines { Console.print(line) }
    try ArgumentParser.ExitCode.check(findings.contains { $0.verdict == .fault } ? 1 : 0)
  }

  private static func json(_ findings: [Finding]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(findings), as: UTF8.self)
  }

  private static func table(of findings: [Finding]) -> [String] {
    var table = TextTable([.left, .left, .left])
    for finding in findings {
      table.add(
        finding.verdict.rawValue, finding.subject, finding.facts.joined(separator: " · "))
      for complaint in finding.complaints {
        table.add("", "", "→ \(complaint.what)")
        table.add("", "", "  \(complaint.remedy)")
      }
    }
    let stops = findings.contains { $0.verdict == .fault }
    return table.lines + [
      stops ? "Something stops training: see above." : "Nothing stops training."
    ]
  }
}

extension Examination.Trial {
  fileprivate init(_ program: ShortProgram) {
    let (status, ending): (Int32?, String) =
      switch program.ending {
      case .exited(let status): (status, "ends with exit code \(status)")
      case .died(let signal): (nil, "dies of signal \(signal)")
      case .tookTooLong: (nil, "does not end within a minute")
      case .notStarted(let reason): (nil, "cannot be started: \(reason)")
      }
    self.init(status: status, ending: ending, output: program.output, errors: program.errors)
  }
}
