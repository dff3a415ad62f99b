#if canImport(Glibc)
  import Glibc
#endif

/// The signals that a supervisor lives by, taken one by one instead of by handlers.
struct SignalQueue {
  /// What asks for a checkpoint and the end.
  static let stops = [SIGTERM, SIGINT, SIGHUP]

  private let signals: sigset_t

  /// Blocks the signals from now on; those that this process was started to ignore stay ignored.
  init() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in Self.stops + [SIGUSR1, SIGUSR2, SIGCHLD] where !Self.isIgnored(number) {
      unsafe sigaddset(&signals, number)
    }
    unsafe sigprocmask(SIG_BLOCK, &signals, nil)
    // A terminal that is gone ends nothing: the run is what counts.
    signal(SIGPIPE, SIG_IGN)
    self.signals = signals
  }

  /// The next signal; nil where none comes within `seconds`, which nil makes endless.
  func next(within seconds: Int? = nil) -> Int32? {
    var signals = signals
    while true {
      let number: Int32
      if let seconds {
        var limit = timespec(tv_sec: seconds, tv_nsec: 0)
        number = unsafe sigtimedwait(&signals, nil, &limit)
      } else {
        number = unsafe sigwaitinfo(&signals, nil)
      }
      if number > 0 { return number }
      if errno != EINTR { return nil }
    }
  }

  /// Whether whoever started this process wants the signal ignored, as nohup does.
  private static func isIgnored(_ number: Int32) -> Bool {
    // The kernel would reap children unseen: a parent that waits wants to hear of them.
    if number == SIGCHLD {
      signal(SIGCHLD, SIG_DFL)
      return false
    }
    var action = sigaction()
    guard unsafe sigaction(number, nil, &action) == 0 else { return false }
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }
}
