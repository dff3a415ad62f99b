#if canImport(Glibc)
  import Glibc
#endif

/// A system call on a file failed.
public struct FileError: ReportableError, Equatable {
  /// The system's error number for a file that is not there.
  public static let missing = ENOENT

  /// What was tried, a verb such as "open".
  public let operation: String
  /// The file or folder.
  public let path: String
  /// The system's error number.
  public let errorNumber: Int32

  /// The failure of `operation` on `path` with the system's `errorNumber`.
  public init(_ operation: String, path: String, errorNumber: Int32) {
    self.operation = operation
    self.path = path
    self.errorNumber = errorNumber
  }

  /// Input that is not there is `noInput`; all else is `ioError`.
  public var exitCode: ExitCode {
    switch errorNumber {
    case ENOENT, ENOTDIR, EISDIR:
      ["open", "read", "list"].contains(operation) ? .noInput : .ioError
    default: .ioError
    }
  }

  /// The form "cannot open data/index.json: No such file or directory; check the path".
  public var message: String {
    let reason = unsafe String(cString: strerror(errorNumber))
    return "cannot \(operation) \(path): \(reason); \(remedy)"
  }

  private var remedy: String {
    switch errorNumber {
    case ENOENT, ENOTDIR, EISDIR: "check the path"
    case EACCES, EPERM, EROFS: "check its permissions, or name another place"
    case ENOSPC, EDQUOT: "free some space, or name another place"
    case EMFILE, ENFILE: "raise the limit on open files (ulimit -n)"
    default: "check the disk"
    }
  }
}

/// The result of a system call that says -1 for failure, or the error that it left in `errno`.
@discardableResult
internal func check<Result: SignedInteger>(
  _ result: Result, _ operation: String, _ path: String
) throws(FileError) -> Result {
  guard result >= 0 else { throw FileError(operation, path: path, errorNumber: errno) }
  return result
}
