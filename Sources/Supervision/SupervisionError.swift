public import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// Why a run cannot be supervised, in one line.
public struct SupervisionError: ReportableError, Equatable {
  /// What is wrong, and what to do.
  public let message: String
  /// A usage error, or that something of the machine is not there.
  public let exitCode: ExitCode

  /// A mistake of the user.
  init(_ message: String) {
    self.message = message
    exitCode = .usage
  }

  /// A failure of the system.
  init(_ message: String, errorNumber: Int32) {
    self.message = unsafe "\(message): \(String(cString: strerror(errorNumber)))"
    exitCode = .unavailable
  }
}
