#if canImport(Glibc)
  import Glibc
#endif

/// Folders of the file system.
public enum Folder {
  /// Creates the folder at `path` and those above it, where they do not exist.
  public static func create(_ path: String) throws(FileError) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      prefix += prefix.isEmpty || prefix == "/" ? String(part) : "/" + part
      if unsafe mkdir(prefix, 0o755) != 0, errno != EEXIST {
        throw FileError("create", path: prefix, errorNumber: errno)
      }
    }
  }
}
