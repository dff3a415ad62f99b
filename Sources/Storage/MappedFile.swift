#if canImport(Glibc)
  import Glibc
#endif

/// A file mapped into memory, to read; processes that map the same file share its pages.
///
/// Sendable because nobody writes to it.
@safe public struct MappedFile: ~Copyable, @unchecked Sendable {
  /// The path as it was given.
  public let path: String
  /// A view of the file's bytes; it must not outlive the mapping.
  public let unsafeBytes: UnsafeRawBufferPointer

  /// Maps the whole file; throws if it cannot be opened or mapped.
  public init(_ path: String) throws(FileError) {
    unsafe unsafeBytes = try map(path)
    self.path = path
  }

  deinit {
    guard let start = unsafe unsafeBytes.baseAddress else { return }
    unsafe munmap(UnsafeMutableRawPointer(mutating: start), unsafeBytes.count)
  }

  /// Whether a symbolic link lies at `path`.
  public static func isLink(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// The number of bytes.
  public var count: Int { unsafe unsafeBytes.count }

  /// The file's bytes.
  public var bytes: RawSpan {
    @_lifetime(borrow self) get { unsafe unsafeBytes.bytes }
  }

  /// The digest of the file's bytes.
  public var digest: SHA256Digest { SHA256Digest(of: bytes) }

  /// The digest of a part of the file's bytes, made by a hasher that has taken in nothing; allocates
  /// nothing.
  public func digest(of range: Range<Int>, _ hasher: inout SHA256Hasher) -> SHA256Digest {
    hasher.update(bytes.extracting(range))
    return hasher.take()
  }

  /// The file's bytes, copied.
  public var contents: [UInt8] { unsafe [UInt8](unsafeBytes) }
}

/// The bytes of the file at `path`, mapped.
private func map(_ path: String) throws(FileError) -> UnsafeRawBufferPointer {
  let descriptor = try check(unsafe open(path, O_RDONLY | O_CLOEXEC), "open", path)
  defer { close(descriptor) }
  var status = stat()
  try check(unsafe fstat(descriptor, &status), "examine", path)
  // A folder opens, but cannot be mapped: say what it is.
  guard status.st_mode & S_IFMT != S_IFDIR else {
    throw FileError("read", path: path, errorNumber: EISDIR)
  }
  let size = Int(status.st_size)
  // An empty mapping is refused by the system; an empty file is nothing but empty.
  guard size > 0 else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
  let start = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
  guard unsafe start != MAP_FAILED, let start = unsafe start else {
    throw FileError("map", path: path, errorNumber: errno)
  }
  return unsafe UnsafeRawBufferPointer(start: start, count: size)
}
