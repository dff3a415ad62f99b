import Foundation

/// A command that a test starts as a user would: after `source launch/env`, and with a time limit.
public struct Command: Sendable {
  /// The program and its arguments.
  public var words: [String]
  /// The folder that it runs in.
  public var folder: URL
  /// Seconds after which it is killed, with status 124 or 137; a limit against hangs, not a claim.
  public var limit = 300

  /// A command of the given words.
  public init(_ words: [String], in folder: URL = package) {
    self.words = words
    self.folder = folder
  }

  /// A program of this package under mpirun, or alone for nil ranks.
  public init(
    _ program: String, ranks: Int?, _ arguments: [String], in folder: URL = package
  ) {
    let launcher = ranks.map { ["mpirun", "-n", "\($0)"] } ?? []
    self.init(launcher + [built(program)] + arguments, in: folder)
  }

  /// The same command without anything of launch/env.
  ///
  /// What it may leave goes to `tmp` and `shm` in `folder`. What chooses OpenBLAS's kernels stays: it
  /// chooses the bits.
  public func inBareShell(of folder: URL) -> Command {
    let environment = ProcessInfo.processInfo.environment
    let kernels = environment.filter { $0.key.hasPrefix("OPENBLAS_") }
    var bare = self
    bare.words =
      [
        "env", "-i", "PATH=\(environment["PATH"] ?? "/usr/bin:/bin")",
        "TMPDIR=\(folder.path)/tmp", "OMPI_MCA_osc_sm_backing_directory=\(folder.path)/shm",
      ] + kernels.map { "\($0.key)=\($0.value)" } + words
    return bare
  }

  /// Runs the command to its end.
  public func run() throws -> Outcome { try start().finish() }

  /// Starts the command.
  public func start() throws -> RunningCommand {
    let environment = package.appending(path: "launch/env").path
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments =
      ["-c", "source \"$0\"; exec \"$@\"", environment]
      // Foundation starts processes from a thread that blocks signals, and they inherit that.
      + ["env", "--default-signal", "timeout", "--kill-after=5", "\(limit)"] + words
    process.currentDirectoryURL = folder
    return try RunningCommand(process)
  }
}

/// What a command printed and returned.
public struct Outcome: Sendable {
  /// The exit status.
  public let status: Int32
  /// Standard output.
  public let output: String
  /// Standard error.
  public let errors: String

  /// The lines of standard error.
  public var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
}

/// The folder of this package.
public let package = URL(filePath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// Where the build put a program: beside the tests.
public func built(_ program: String) -> String {
  let tests = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
  let beside = tests.deletingLastPathComponent().appending(path: program).path
  if FileManager.default.isExecutableFile(atPath: beside) { return beside }
  return package.appending(path: ".build/release/\(program)").path
}

/// A fresh folder for one test, removed with all in it at the end.
public func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory.appending(path: "lockstep-\(UUID())")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.resolvingSymlinksInPath())
}
