/// What a program's exit status says, after BSD's sysexits.
public enum ExitCode: Int32, Sendable {
  /// The command line or the plan is wrong.
  case usage = 64
  /// Data are damaged, or not what they should be.
  case badData = 65
  /// An input file is missing or cannot be read.
  case noInput = 66
  /// A program that is needed is not there.
  case unavailable = 69
  /// The program itself, or a library, is at fault.
  case software = 70
  /// Reading or writing failed.
  case ioError = 74
  /// Something passing: trying again may succeed.
  case tryAgain = 75
}

/// An error that a program shows to its user: one line, and an exit status.
public protocol ReportableError: Error, CustomStringConvertible {
  /// The exit status of a program that ends with this error.
  var exitCode: ExitCode { get }
  /// One line: what is wrong, where, and what to do.
  var message: String { get }
}

extension ReportableError {
  /// The message.
  public var description: String { message }
}
