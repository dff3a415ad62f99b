public import Storage

/// A benchmark that was asked for what there is not.
public struct BenchmarkError: ReportableError, Equatable {
  /// One line: what is wrong, and what to do.
  public let message: String
  /// What is asked for is a matter of usage.
  public var exitCode: ExitCode { .usage }

  init(_ message: String) { self.message = message }
}
