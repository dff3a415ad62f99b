#if canImport(Glibc)
  import Glibc
#endif

/// Keeps a folder for one process at a time; the system lets go when the process ends, however.
public final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Takes the folder; nil if another process has it.
  ///
  /// Throws where the lock's file cannot be made. A file system without locks lets everybody in.
  public init?(_ folder: String) throws(FileError) {
    let path = folder + "/.lock"
    descriptor = try check(unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644), "lock", path)
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK { return nil }
  }

  deinit { close(descriptor) }
}
