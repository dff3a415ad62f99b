#if canImport(Glibc)
  import Glibc
#endif

/// A file that grows by whole records; each is written in one call, so none is torn.
public struct GrowingFile: ~Copyable, Sendable {
  /// Where the file lies.
  public let path: String
  private let descriptor: Int32

  /// Opens the file at `path` to add records at its end; creates it if it does not exist.
  public init(appendingTo path: String) throws(FileError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw FileError("open", path: path, errorNumber: errno) }
  }

  deinit { close(descriptor) }

  /// Adds a record.
  public func append(_ record: [UInt8]) throws(FileError) {
    let written = unsafe write(descriptor, record, record.count)
    if written != record.count {
      throw FileError("write", path: path, errorNumber: written < 0 ? errno : ENOSPC)
    }
  }
}
