internal import FoundationEssentials
internal import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// Reads a foreign HDF5 file in a process of its own, with limits of memory and time: a damaged or
/// hostile file can crash libhdf5, or keep it busy for ever.
///
/// The process gets a file without a name to put its findings into: a line of JSON, and the bytes.
internal struct HDF5Worker {
  /// The program to start, with `read-hdf5` as its first argument; `serveHDF5` is what it calls.
  let program: String

  /// The splits in the file at `path`.
  func read(_ path: String, images: String?, labels: String?) throws -> [String: LabelledImages] {
    let result = try Self.unnamedFile()
    defer { close(result) }
    var words = [program, "read-hdf5"]
    if let images { words.append("--images=" + images) }
    if let labels { words.append("--labels=" + labels) }
    words += ["--", path]
    let status = try Self.run(words, result: result)
    guard status == 0 else {
      let signal = status & 0x7f
      let end = unsafe signal == 0 ? "exit code \(status >> 8)" : String(cString: strsignal(signal))
      throw DatasetError(
        path, "libhdf5 did not survive reading it (\(end))",
        remedy: "the file is damaged or hostile: get it again, or copy it with h5repack")
    }
    return try Findings(reading: result, of: path).splits
  }

  /// Starts the program and waits for its end; the file for its findings is its descriptor 3.
  private static func run(_ words: [String], result: Int32) throws -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, result, serviceDescriptor)
    let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var process: pid_t = 0
    let failure = unsafe posix_spawn(&process, words[0], &actions, nil, arguments, environ)
    guard failure == 0 else { throw FileError("start", path: words[0], errorNumber: failure) }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return status
  }

  /// A file that nobody else can open, and that is gone with its last descriptor.
  private static func unnamedFile() throws(FileError) -> Int32 {
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var name = Array("\(folder)/lockstep-hdf5.XXXXXX".utf8CString)
    let descriptor = unsafe mkstemp(&name)
    guard descriptor >= 0 else {
      throw FileError("create a file in", path: folder, errorNumber: errno)
    }
    unsafe unlink(name)
    return descriptor
  }
}

/// Where the process that reads finds the file for its findings.
private let serviceDescriptor: Int32 = 3

/// What the process that reads calls: reads the file at `path` and hands over what it found, or what
/// is wrong; returns its exit status.
public func serveHDF5(_ path: String, images: String?, labels: String?) -> Int32 {
  limitMemoryAndTime(fileBytes: (try? MappedFile(path).count) ?? 0)
  let findings: Findings
  do {
    findings = Findings(splits: try readHDF5File(path, images: images, labels: labels))
  } catch let error as any ReportableError {
    findings = Findings(error: error)
  } catch {
    return ExitCode.software.rawValue
  }
  return findings.write(to: serviceDescriptor) ? 0 : ExitCode.ioError.rawValue
}

/// At most the machine's memory, and a minute with a second more for each MB; no core.
private func limitMemoryAndTime(fileBytes: Int) {
  func limit(_ resource: __rlimit_resource, _ value: Int) {
    var limits = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
    unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limits)
  }
  limit(RLIMIT_AS, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)))
  limit(RLIMIT_CPU, 60 + fileBytes >> 20)
  limit(RLIMIT_CORE, 0)
}

/// What a process that read a file hands over.
private struct Findings {
  let splits: [String: LabelledImages]
  private let failure: Failure?

  /// The line before the bytes.
  private struct Head: Codable {
    let splits: [Split]
    let failure: Failure?
  }

  private struct Split: Codable {
    let name: String
    let shape: [Int]
    let count: Int
    let labelFile: String
  }

  private struct Failure: Codable {
    let message: String
    let code: Int32
  }

  init(splits: [String: LabelledImages]) { (self.splits, failure) = (splits, nil) }

  init(error: any ReportableError) {
    splits = [:]
    failure = Failure(message: error.message, code: error.exitCode.rawValue)
  }

  /// Writes the line, then the pixels and labels of each split; false where that failed.
  func write(to descriptor: Int32) -> Bool {
    let names = splits.keys.sorted()
    let head = Head(
      splits: names.compactMap { name in
        splits[name].map {
          Split(name: name, shape: $0.shape, count: $0.count, labelFile: $0.labelFile)
        }
      }, failure: failure)
    guard let line = try? JSONEncoder().encode(head) else { return false }
    guard Self.write(Array(line) + [UInt8(ascii: "\n")], to: descriptor) else { return false }
    for name in names {
      guard let split = splits[name] else { continue }
      let labels = split.labels.map { Int64($0).littleEndian }
      guard Self.write(split.images, to: descriptor), Self.write(labels, to: descriptor) else {
        return false
      }
    }
    return true
  }

  /// Reads what was written; throws what the other process found wrong.
  ///
  /// That process may have been taken over by the file: nothing that it says is trusted.
  init(reading descriptor: Int32, of path: String) throws {
    let file = try MappedFile("/proc/self/fd/\(descriptor)")
    let bytes = file.contents
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
      let head = try? JSONDecoder().decode(Head.self, from: Data(bytes[..<end]))
    else { throw Self.nonsense(path) }
    if let failure = head.failure {
      throw HandedOverError(
        message: failure.message, exitCode: ExitCode(rawValue: failure.code) ?? .badData)
    }
    var splits: [String: LabelledImages] = [:]
    var next = end + 1
    for split in head.splits {
      let size = split.shape.reduce(1.0) { $0 * Double($1) }
      let needed = Double(split.count) * (size + 8)
      guard split.shape.count == 3, split.shape.allSatisfy({ $0 > 0 }), split.count > 0,
        needed <= Double(bytes.count - next)
      else { throw Self.nonsense(path) }
      let labels = next + split.count * Int(size)
      splits[split.name] = LabelledImages(
        shape: split.shape, images: Array(bytes[next..<labels]),
        labels: (0..<split.count).map { number in
          Int(
            bytes[labels + 8 * number..<labels + 8 * number + 8].reversed().reduce(UInt64(0)) {
              $0 << 8 | UInt64($1)
            }.signed)
        }, labelFile: split.labelFile)
      next = labels + 8 * split.count
    }
    self.init(splits: splits)
  }

  private static func nonsense(_ path: String) -> DatasetError {
    DatasetError(path, "the process that read it said nothing sensible", remedy: "get it again")
  }

  private static func write<Element: BitwiseCopyable>(
    _ elements: [Element], to descriptor: Int32
  ) -> Bool {
    unsafe elements.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = unsafe Glibc.write(
          descriptor, bytes.baseAddress! + written, bytes.count - written)
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return false }
        written += count
      }
      return true
    }
  }
}

/// An error of another process, in its own words.
private struct HandedOverError: ReportableError {
  let message: String
  let exitCode: ExitCode
}

extension UInt64 {
  /// The same bits as a signed number.
  fileprivate var signed: Int64 { Int64(bitPattern: self) }
}
