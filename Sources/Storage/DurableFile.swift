#if canImport(Glibc)
  import Glibc
#endif

/// Files that appear under their final name complete and synced, or not at all.
public enum DurableFile {
  /// Writes `bytes` to `path`, replacing what was there.
  ///
  /// On failure the old file is untouched and nothing is left behind.
  public static func write(_ bytes: RawSpan, to path: String) throws(FileError) {
    try writeBeside(bytes, path)
    try publish(path)
  }

  /// Writes `bytes` to `path`, complete, but not on disk before `syncAll()`: for many small
  /// files that are made again after a crash.
  public static func writeUnsynced(_ bytes: RawSpan, to path: String) throws(FileError) {
    try writeBeside(bytes, path, syncing: false)
    try giveFinalName(path)
  }

  /// Brings to disk all that was written by `writeUnsynced`; on Linux `sync` waits for it.
  public static func syncAll() { sync() }

  /// Writes a text's UTF-8 bytes to `path`, replacing what was there.
  public static func write(_ text: String, to path: String) throws(FileError) {
    let utf8 = Array(text.utf8)
    try write(unsafe utf8.span.bytes, to: path)
  }

  /// Writes `bytes` to `path` and their digest to `path.sha256`, in the form of `sha256sum -c`.
  ///
  /// Both are on disk under temporary names first, then the digest takes its final name, then the
  /// data: a crash at any moment leaves no file under its final name without its digest. Where
  /// `path` exists already, a crash between the two leaves old data beside a new digest, which a
  /// reader sees as damage: give each content its own name, as checkpoints have.
  @discardableResult
  public static func writeWithDigest(
    _ bytes: RawSpan, to path: String
  ) throws(FileError) -> SHA256Digest {
    let digest = SHA256Digest(of: bytes)
    let line = Array(digestLine(digest, of: path).utf8)
    try writeBeside(bytes, path)
    do throws(FileError) {
      try writeBeside(unsafe line.span.bytes, digestPath(of: path))
      try publish(digestPath(of: path))
    } catch {
      unsafe unlink(temporaryPath(of: path))
      throw error
    }
    do throws(FileError) {
      try publish(path)
    } catch {
      // The digest speaks of data that never came: better none than a wrong one.
      unsafe unlink(digestPath(of: path))
      throw error
    }
    return digest
  }

  /// Whether there is anything at `path`.
  public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Removes the file at `path`; does nothing where there is none.
  public static func remove(_ path: String) throws(FileError) {
    guard unsafe unlink(path) != 0, errno != ENOENT else { return }
    throw FileError("remove", path: path, errorNumber: errno)
  }

  /// The digest that `path.sha256` states for `path`; nil where it holds none for that name.
  ///
  /// Throws if the digest file cannot be read.
  public static func statedDigest(of path: String) throws(FileError) -> SHA256Digest? {
    let text = try String(decoding: MappedFile(digestPath(of: path)).contents, as: UTF8.self)
    guard let digest = SHA256Digest(hex: text.prefix(64)) else { return nil }
    // Exactly what was written: a letter in the other case is damage, too.
    return text == Self.digestLine(digest, of: path) ? digest : nil
  }

  /// Whether the file at `path` has the digest that `path.sha256` states, read from the disk and
  /// not from the memory that it was written from.
  public static func isSoundOnDisk(_ path: String) throws(FileError) -> Bool {
    let stated = try statedDigest(of: path)
    let descriptor = try check(unsafe open(path, O_RDONLY | O_CLOEXEC), "open", path)
    defer { close(descriptor) }
    // What is synced already can leave the memory; file systems that live there keep it.
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    var hasher = SHA256Hasher()
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if try check(count, "read", path) == 0 { break }
      hasher.update(unsafe chunk.span.extracting(0..<count).bytes)
    }
    return hasher.finish() == stated
  }

  /// Removes what killed processes have left half written in a folder.
  public static func removePartialFiles(in folder: String) {
    let names = (try? Folder.names(in: folder)) ?? []
    for name in names where name.hasSuffix(partialSuffix) { try? remove(folder + "/" + name) }
  }

  /// The line that states a file's digest, in the form of `sha256sum -c`.
  private static func digestLine(_ digest: SHA256Digest, of path: String) -> String {
    "\(digest.hex)  \(baseName(path))\n"
  }

  /// Where the digest of `path` lies.
  public static func digestPath(of path: String) -> String { path + ".sha256" }

  /// Writes and syncs the bytes under a temporary name in the same folder.
  private static func writeBeside(
    _ bytes: RawSpan, _ path: String, syncing: Bool = true
  ) throws(FileError) {
    let temporary = temporaryPath(of: path)
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    let descriptor = try check(unsafe open(temporary, flags, 0o644), "create", path)
    do throws(FileError) {
      try writeAll(bytes, to: descriptor, path)
      if syncing { try check(fsync(descriptor), "sync", path) }
    } catch {
      close(descriptor)
      unsafe unlink(temporary)
      throw error
    }
    // Some file systems report a full disk only here.
    guard close(descriptor) == 0 else {
      let error = FileError("close", path: path, errorNumber: errno)
      unsafe unlink(temporary)
      throw error
    }
  }

  /// Gives the temporary file its final name; it is not on disk yet.
  private static func giveFinalName(_ path: String) throws(FileError) {
    let temporary = temporaryPath(of: path)
    guard unsafe rename(temporary, path) == 0 else {
      let error = FileError("rename a finished file to", path: path, errorNumber: errno)
      unsafe unlink(temporary)
      throw error
    }
  }

  /// Gives the temporary file its final name, durably.
  private static func publish(_ path: String) throws(FileError) {
    try giveFinalName(path)
    let folder = folderName(path)
    let descriptor = try check(
      unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", folder)
    defer { close(descriptor) }
    // EINVAL: a file system that has no such thing as syncing a folder.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw FileError("sync", path: folder, errorNumber: errno)
    }
  }

  /// Writes until all is written: a call may write less than asked for.
  private static func writeAll(
    _ bytes: RawSpan, to descriptor: Int32, _ path: String
  ) throws(FileError) {
    var written = 0
    while written < bytes.byteCount {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      written += try check(count, "write", path)
    }
  }

  /// What the name of a file ends with while it is being written.
  private static let partialSuffix = ".partial"

  /// One temporary name a process and a file: two processes never write into the same one.
  private static func temporaryPath(of path: String) -> String {
    "\(path).\(getpid())\(partialSuffix)"
  }
}

/// The last component of a path.
private func baseName(_ path: String) -> Substring {
  path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
}

/// All but the last component of a path.
private func folderName(_ path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
