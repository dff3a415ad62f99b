import Storage

/// What the kernel says of a process of this machine.
enum ProcessState: Equatable {
  case running, asleep, stuck, stopped, gone

  /// The state of a process now.
  init(of process: Int32) {
    let text = (try? TextFile.read("/proc/\(process)/stat")) ?? ""
    // The name before it, in parentheses, may hold anything.
    let state = text.lastIndex(of: ")").flatMap { text[$0...].dropFirst(2).first }
    switch state {
    case "R": self = .running
    case "D": self = .stuck
    case "T", "t": self = .stopped
    case nil, "Z", "X": self = .gone
    default: self = .asleep
    }
  }

  /// The state, in words that follow the number of the process.
  var text: String {
    switch self {
    case .running: "running"
    case .asleep: "asleep"
    case .stuck: "stuck in the kernel, as by a disk that does not answer"
    case .stopped: "stopped by a signal"
    case .gone: "gone"
    }
  }
}
