#if canImport(Glibc)
  import Glibc
#endif

/// A program that was run to its end, in the environment that `trainer run` gives mpirun.
public struct ShortProgram: Sendable {
  /// How it ended.
  public enum Ending: Equatable, Sendable {
    /// By itself, with an exit status.
    case exited(Int32)
    /// By a signal.
    case died(Int32)
    /// It was killed after the time it was given.
    case tookTooLong
    /// It could not be started, for this reason of the system.
    case notStarted(String)
  }

  /// How it ended.
  public private(set) var ending: Ending
  /// What it printed on standard output.
  public private(set) var output = ""
  /// What it printed on standard error.
  public private(set) var errors = ""

  /// Runs a program, found on PATH, for at most so many seconds.
  public init(_ words: [String], seconds: Int) {
    var outputEnds: [Int32] = [-1, -1]
    var errorEnds: [Int32] = [-1, -1]
    guard unsafe pipe(&outputEnds) == 0, unsafe pipe(&errorEnds) == 0 else {
      ending = .notStarted(Self.reason(errno))
      return
    }
    var process: pid_t = 0
    let failure = Self.spawn(words, output: outputEnds[1], errors: errorEnds[1], &process)
    close(outputEnds[1])
    close(errorEnds[1])
    defer {
      close(outputEnds[0])
      close(errorEnds[0])
    }
    guard failure == 0 else {
      ending = .notStarted(Self.reason(failure))
      return
    }
    let deadline = ContinuousClock.now + .seconds(seconds)
    let texts = Self.read(outputEnds[0], errorEnds[0], until: deadline)
    (output, errors) = (texts.output, texts.errors)
    ending = Self.end(of: process, deadline: deadline)
  }

  private static func spawn(
    _ words: [String], output: Int32, errors: Int32, _ process: inout pid_t
  ) -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // A group of its own: what it starts ends with it.
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let settings = LauncherSettings().variables.map { "\($0.key)=\($0.value)" }
    return unsafe withCStrings(words) { words in
      unsafe withCStrings(settings) { settings in
        unsafe posix_spawnp(&process, words[0]!, &actions, &attributes, words, settings)
      }
    }
  }

  /// What comes through both pipes until both are closed.
  private static func read(
    _ output: Int32, _ errors: Int32, until deadline: ContinuousClock.Instant
  ) -> (output: String, errors: String) {
    var texts: [[UInt8]] = [[], []]
    var ends = [output, errors].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while ends.contains(where: { $0.fd >= 0 }), ContinuousClock.now < deadline {
      guard unsafe poll(&ends, nfds_t(ends.count), 100) > 0 else { continue }
      for number in ends.indices where ends[number].fd >= 0 && ends[number].revents != 0 {
        let count = unsafe Glibc.read(ends[number].fd, &chunk, chunk.count)
        if count > 0 { texts[number] += chunk.prefix(count) } else { ends[number].fd = -1 }
      }
    }
    return (String(decoding: texts[0], as: UTF8.self), String(decoding: texts[1], as: UTF8.self))
  }

  /// Waits for the end, and brings it about after the deadline.
  private static func end(of process: pid_t, deadline: ContinuousClock.Instant) -> Ending {
    if let ending = ending(of: process, by: deadline) { return ending }
    // mpirun ends its ranks when it is asked to end, not when it is killed.
    for signal in [SIGTERM, SIGKILL] {
      kill(-process, signal)
      if ending(of: process, by: ContinuousClock.now + .seconds(4)) != nil { break }
    }
    return .tookTooLong
  }

  private static func ending(
    of process: pid_t, by deadline: ContinuousClock.Instant
  ) -> Ending? {
    var status: Int32 = 0
    while unsafe waitpid(process, &status, WNOHANG) != process {
      if ContinuousClock.now > deadline { return nil }
      usleep(5000)
    }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .died(signal)
  }

  private static func reason(_ errorNumber: Int32) -> String {
    unsafe String(cString: strerror(errorNumber))
  }
}
