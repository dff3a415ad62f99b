/// Exit codes, as sysexits.h names them.
public enum ExitCode: Int32, Sendable {
  /// The command or the plan is wrong.
  case usage = 64
  /// The data are damaged or do not fit.
  case badData = 65
  /// An input does not exist or cannot be read.
  case noInput = 66
  /// Reading or writing failed.
  case ioError = 74
  /// It may succeed another time.
  case tryAgain = 75
}

/// An error that a user can act on: one line and an exit code.
public protocol ReportableError: Error {
  /// What a process that ends with the error returns.
  var exitCode: ExitCode { get }
  /// One line: what is wrong, where, and what to do.
  var message: String { get }
}
