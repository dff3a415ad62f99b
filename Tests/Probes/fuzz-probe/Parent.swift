import Foundation
import Launching
import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// Starts children, and keeps the mutants that end them.
struct Parent {
  let seed: UInt64
  let keep: String

  /// Reads so many mutants, shared among the readers; returns how many were guilty.
  func run(_ readers: [Reader], inputs: Int) throws -> Int {
    let folder = try Self.folderInMemory()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Ground.make(in: folder) { plan, run in
      let outcome = try Command("trainer", ranks: nil, ["train", plan, "--run", run]).run()
      guard outcome.status == 0 else { fatalError(outcome.errors) }
    }
    var guilty = 0
    for (place, reader) in readers.enumerated() {
      let count = (place + 1) * inputs / readers.count - place * inputs / readers.count
      let found = try run(reader, count: count, in: folder)
      print("\(reader.name): \(count) inputs, \(found) guilty")
      guilty += found
    }
    print("\(inputs) inputs, \(guilty) guilty, seed \(seed)")
    return guilty
  }

  /// Lets children read all mutants of a reader; each takes over where the one before died.
  private func run(_ reader: Reader, count: Int, in folder: String) throws -> Int {
    var (first, guilty) = (0, 0)
    while first < count {
      let status = try child(reader, first..<count, folder)
      if status == 0 { break }
      let number = Self.number(reader, folder) ?? first
      let path = try keepMutant(reader, number, status, folder)
      if let arguments = reader.apart, try isAnswered(arguments(path), folder) {
        print("\(reader.name) \(number): contained by the process that reads such files")
      } else {
        guilty += 1
      }
      // A reader that is wrong altogether has shown that by now.
      if guilty == 100 { break }
      first = number + 1
    }
    return guilty
  }

  /// Runs one child; returns its exit status, or 128 and the signal that ended it.
  private func child(_ reader: Reader, _ numbers: Range<Int>, _ folder: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [
      "--child", reader.name, "--first", "\(numbers.lowerBound)", "--inputs",
      "\(numbers.upperBound)", "--seed", "\(seed)", "--folder", folder,
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationReason == .exit
      ? process.terminationStatus : 128 + process.terminationStatus
  }

  /// The mutant that a child was at.
  private static func number(_ reader: Reader, _ folder: String) -> Int? {
    guard let bytes = try? MappedFile(Child.note(reader, folder)).contents, bytes.count == 8
    else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// Whether `sharder` itself says in one line what is wrong, although libhdf5 did not survive.
  private func isAnswered(_ arguments: [String], _ folder: String) throws -> Bool {
    let outcome = try Command(
      "sharder", ranks: nil, arguments + ["--output", folder + "/apart", "--force"]
    ).run()
    return outcome.status == 0 || outcome.status == 65 && outcome.errorLines.count == 1
  }

  /// Keeps a mutant that ended a child; returns where.
  private func keepMutant(
    _ reader: Reader, _ number: Int, _ status: Int32, _ folder: String
  ) throws -> String {
    let ground = try Ground(in: folder, package: package.path)
    var random = NumberedRandom(seed: seed, reader: reader.name, number: number)
    let mutant = Mutation.mutant(
      of: try reader.originals(ground), isText: reader.isText, &random)
    try Folder.create(keep)
    let path = "\(keep)/\(reader.name)-\(seed)-\(number)"
    try Data(mutant).write(to: URL(filePath: path))
    let signal = status > 128 ? String(cString: strsignal(status - 128)) : "exit status \(status)"
    Console.complain("fuzz-probe: \(reader.name) \(number): \(signal); kept in \(path)")
    return path
  }

  private static func folderInMemory() throws -> String {
    var name = Array("/dev/shm/lockstep-fuzz.XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else {
      throw FileError("create a folder in", path: "/dev/shm", errorNumber: errno)
    }
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
