public import Storage

/// Something is wrong with a data set, a shard, or the files that one is made from.
public struct DatasetError: ReportableError, Equatable {
  /// The file or folder.
  public let path: String
  /// What is wrong with it.
  public let reason: String
  /// What to do.
  public let remedy: String
  /// The exit status: `badData` unless told otherwise.
  public let exitCode: ExitCode

  /// The fault `reason` of what lies at `path`.
  public init(_ path: String, _ reason: String, remedy: String, exitCode: ExitCode = .badData) {
    self.path = path
    self.reason = reason
    self.remedy = remedy
    self.exitCode = exitCode
  }

  /// The form "data/index.json: version 7 is unknown; make the data set again with sharder".
  public var message: String { "\(finding); \(remedy)" }

  /// What is wrong, without what to do.
  public var finding: String { "\(path): \(reason)" }
}
