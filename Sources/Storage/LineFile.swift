#if canImport(Glibc)
  import Glibc
#endif

/// A text file that grows by whole lines; each is written in one call, so none is torn.
public struct LineFile: ~Copyable, Sendable {
  /// Where the file lies.
  public let path: String
  private let descriptor: Int32

  /// Opens the file at `path` to add lines at its end; creates it if it does not exist.
  public init(appendingTo path: String) throws(FileError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw FileError("open", path: path, errorNumber: errno) }
  }

  deinit { close(descriptor) }

  /// Adds a line; `line` has no line break.
  public func append(_ line: String) throws(FileError) {
    var text = line + "\n"
    let written = unsafe text.withUTF8 { unsafe write(descriptor, $0.baseAddress, $0.count) }
    if written != text.utf8.count {
      throw FileError("write", path: path, errorNumber: written < 0 ? errno : ENOSPC)
    }
  }
}
