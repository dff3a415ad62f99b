import Foundation

/// A command under way: its lines as they come, and its processes.
public final class RunningCommand {
  private let process: Process
  private let lines: Pipe
  private let errors: URL
  private var output = Data()

  init(_ process: Process) throws {
    self.process = process
    lines = Pipe()
    // A file takes any amount while only standard output is read.
    errors = FileManager.default.temporaryDirectory.appending(path: "lockstep-\(UUID()).errors")
    try Data().write(to: errors)
    process.standardOutput = lines
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  /// Waits for a line of standard output that contains `text`; false if the command ends without.
  public func waitForLine(containing text: String) -> Bool {
    var searched = output.startIndex
    while true {
      while let end = output[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        if String(decoding: output[searched..<end], as: UTF8.self).contains(text) { return true }
        searched = output.index(after: end)
      }
      let more = lines.fileHandleForReading.availableData
      if more.isEmpty { return false }
      output += more
    }
  }

  /// Waits for the command's end.
  public func finish() throws -> Outcome {
    output += lines.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    defer { try? FileManager.default.removeItem(at: errors) }
    return Outcome(
      status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }

  /// Sends a signal to mpirun, the child of `timeout`; false if the command has ended.
  public func signal(_ number: Int32) -> Bool {
    // 0 or -1 in place of a process would be a whole group of them, this one included.
    guard let launcher, launcher > 0 else { return false }
    return kill(launcher, number) == 0
  }

  /// The processes of the ranks, in order; none if the command has ended.
  public var ranks: [pid_t] { launcher.map(children(of:)) ?? [] }

  /// mpirun or, in its place, the supervisor.
  public var launcher: pid_t? { children(of: process.processIdentifier).first }

  /// The mpirun that a supervisor has started, and its ranks; none if it has ended.
  public var supervised: (mpirun: pid_t, ranks: [pid_t])? {
    let mpirun = launcher.map(children(of:))?.first { Self.name(of: $0) == "mpirun" }
    return mpirun.map { ($0, children(of: $0)) }
  }

  /// All processes under this command.
  public var descendants: [pid_t] {
    var found = children(of: process.processIdentifier)
    var next = 0
    while next < found.count {
      found += children(of: found[next])
      next += 1
    }
    return found
  }

  private static func name(of process: pid_t) -> String {
    let text = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
    return String(text?.prefix { !$0.isNewline } ?? "")
  }

  /// Waits until a process has ended; false if it never does, which a minute stands for.
  ///
  /// mpirun kills the ranks and does not wait for their last breath.
  public static func waitForEnd(of process: pid_t) -> Bool {
    wait { !isRunning(process) }
  }

  /// Waits until something holds; false if it never does, which a minute stands for.
  public static func wait(until holds: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<6000 {
      if try holds() { return true }
      usleep(10_000)
    }
    return false
  }

  /// Whether a process is there and no zombie, which only waits for somebody to hear of its end.
  private static func isRunning(_ process: pid_t) -> Bool {
    let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    return status.map { !$0.contains("State:\tZ") } ?? false
  }

  private func children(of parent: pid_t) -> [pid_t] {
    let file = "/proc/\(parent)/task/\(parent)/children"
    let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    return text.split(separator: " ").compactMap { pid_t($0) }
  }
}
