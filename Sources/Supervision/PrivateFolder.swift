import CProcesses
import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// A folder for the files that one run's processes share while they live.
///
/// Its lock is inherited by mpirun, so it is held until the last of supervisor and mpirun has ended,
/// however they end. What nobody holds is removed by whoever comes next.
final class PrivateFolder {
  /// Where it lies.
  let path: String
  private let descriptor: Int32

  /// Makes a folder in `base`, after removing those that ended runs of this user have left there.
  init(in base: String) throws(FileError) {
    Self.sweep(base)
    while true {
      let path = try Self.make(in: base)
      // No O_CLOEXEC: mpirun is to hold the lock too.
      let descriptor = unsafe open(path, Self.flags)
      if let descriptor = Self.locked(descriptor) {
        self.path = path
        self.descriptor = descriptor
        return
      }
    }
  }

  /// Removes all that is in the folder; it stays itself.
  func empty() {
    for name in Self.names(in: path) { unsafe lockstep_folder_remove(path + "/" + name) }
  }

  /// Removes the folder.
  func remove() { unsafe lockstep_folder_remove(path) }

  deinit { close(descriptor) }

  private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW

  /// What the names of such folders of this user begin with.
  private static var prefix: String { "lockstep-run-\(geteuid())." }

  private static func make(in base: String) throws(FileError) -> String {
    var name = Array("\(base)/\(prefix)XXXXXX".utf8CString)
    guard unsafe mkdtemp(&name) != nil else {
      throw FileError("create a folder in", path: base, errorNumber: errno)
    }
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The descriptor, if it could be locked and its folder is still there; else nil, and closed.
  private static func locked(_ descriptor: Int32) -> Int32? {
    guard descriptor >= 0 else { return nil }
    var status = stat()
    // One who sweeps may come between the making of a folder and its lock.
    let isOurs =
      unsafe flock(descriptor, LOCK_EX | LOCK_NB) == 0 && fstat(descriptor, &status) == 0
      && status.st_nlink > 0 && status.st_uid == geteuid()
    if !isOurs { close(descriptor) }
    return isOurs ? descriptor : nil
  }

  /// Removes the folders of runs of this user of which no process is left.
  private static func sweep(_ base: String) {
    for name in names(in: base) where name.hasPrefix(prefix) {
      let path = base + "/" + name
      guard let descriptor = locked(unsafe open(path, flags | O_CLOEXEC)) else { continue }
      unsafe lockstep_folder_remove(path)
      close(descriptor)
    }
  }

  private static func names(in path: String) -> [String] {
    (try? Folder.names(in: path)) ?? []
  }
}
