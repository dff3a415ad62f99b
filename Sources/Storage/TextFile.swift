#if canImport(Glibc)
  import Glibc
#endif

/// Text files read whole.
public enum TextFile {
  /// The text of the file at `path`; also of those that tell no size, such as /proc/cpuinfo.
  public static func read(_ path: String) throws(FileError) -> String {
    let descriptor = try check(unsafe open(path, O_RDONLY | O_CLOEXEC), "open", path)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      if try check(count, "read", path) == 0 { break }
      bytes += chunk.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
