#if canImport(Glibc)
  import Glibc
#endif

/// Folders of the file system.
public enum Folder {
  /// Whether `folder` holds a file of that name.
  public static func contains(_ name: String, _ folder: String) -> Bool {
    unsafe access("\(folder)/\(name)", F_OK) == 0
  }

  /// Creates the folder at `path` and those above it, where they do not exist.
  public static func create(_ path: String) throws(FileError) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      prefix += prefix.isEmpty || prefix == "/" ? String(part) : "/" + part
      if unsafe mkdir(prefix, 0o755) != 0, errno != EEXIST {
        throw FileError("create", path: prefix, errorNumber: errno)
      }
    }
    // A file of that name counts as existing too, but nothing can be put into it.
    guard exists(path) else { throw FileError("create", path: path, errorNumber: ENOTDIR) }
  }

  /// The names of what lies in the folder, hidden files left out, in ascending order.
  public static func names(in path: String) throws(FileError) -> [String] {
    guard let stream = unsafe opendir(path) else {
      throw FileError("list", path: path, errorNumber: errno)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// The folder at `path`, or the nearest above it that exists; throws if the folder at `path`
  /// cannot be made there, or written in.
  public static func place(for path: String) throws(FileError) -> String {
    var place = path
    while !exists(place) {
      if unsafe access(place, F_OK) == 0 {
        throw FileError("create", path: path, errorNumber: ENOTDIR)
      }
      let slash = place.lastIndex(of: "/")
      place = slash.map { $0 == place.startIndex ? "/" : String(place[..<$0]) } ?? "."
    }
    guard unsafe access(place, W_OK | X_OK) == 0 else {
      throw FileError("write in", path: place, errorNumber: errno)
    }
    return place
  }

  /// Bytes that are free for this user where `path` lies; 0 where it cannot be asked.
  public static func freeBytes(_ path: String) -> Int {
    var state = statvfs()
    guard unsafe statvfs(path, &state) == 0 else { return 0 }
    return Int(state.f_bavail) * Int(state.f_frsize)
  }

  /// Bytes that the file system at `path` holds; 0 where it cannot be asked.
  public static func bytes(_ path: String) -> Int {
    var state = statvfs()
    guard unsafe statvfs(path, &state) == 0 else { return 0 }
    return Int(state.f_blocks) * Int(state.f_frsize)
  }

  /// Whether there is a folder at `path`.
  public static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Bytes that may still be written on the disk of what lies at `path`; nil where there is nothing.
  public static func freeBytes(at path: String) -> Int? {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { return nil }
    return Int(clamping: status.f_bavail) * Int(clamping: status.f_frsize)
  }
}
