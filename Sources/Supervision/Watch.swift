import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// Watches mpirun, and passes on what signals ask of the run.
struct Watch {
  let launcher: Launcher
  let signals: SignalQueue
  /// The signal that asked for the end.
  private(set) var stop: Int32?

  init(launcher: Launcher, signals: SignalQueue) {
    (self.launcher, self.signals) = (launcher, signals)
  }

  /// What tells whether a run that was started again has gone on; nil where it has.
  private var recovery: (() -> Recovery?)?
  /// Where that is kept.
  private var record: (Recovery) -> Void = { _ in }

  /// Says and keeps what the last death has cost as soon as the run has gone on.
  mutating func awaitRecovery(
    from last: Recovery.Sign, sign: @escaping () -> Recovery.Sign?,
    record: @escaping (Recovery) -> Void
  ) {
    recovery = { sign().flatMap { Recovery(from: last, to: $0) } }
    self.record = record
  }

  /// Looks whether the run has gone on.
  private mutating func lookForRecovery() {
    guard let cost = recovery?() else { return }
    recovery = nil
    Console.print(cost.line)
    record(cost)
  }

  /// Waits for the end of mpirun.
  mutating func ending(of process: pid_t) -> Ending {
    var urgency = Urgency.none
    while true {
      let signal = signals.next(within: urgency.patience ?? (recovery == nil ? nil : 1))
      lookForRecovery()
      switch signal {
      case SIGCHLD:
        if let ending = launcher.ending(of: process) { return ending }
        continue
      case SIGUSR1:
        kill(process, SIGUSR1)
        continue
      case nil where urgency == .none: continue
      case nil:
        // Nothing has come of it: mpirun may not have listened yet, or does not listen at all.
        if urgency == .end { urgency = .kill }
      default:
        if stop == nil { stop = signal }
        urgency = urgency.next
      }
      kill(process, urgency.signal)
    }
  }

  /// Waits so long, or until the run is told to stop.
  mutating func pause(seconds: Int) {
    // A signal that has come already counts, even where there is nothing to wait for.
    while stop == nil, let signal = signals.next(within: seconds) { note(signal) }
  }

  /// Takes note of a signal that came while there was no run, if it asks for the end.
  mutating func note(_ signal: Int32?) {
    guard let signal, signal != SIGCHLD, signal != SIGUSR1 else { return }
    stop = stop ?? signal
  }
}

/// How much of a hurry the end has: each further signal raises it.
private enum Urgency {
  case none, checkpoint, end, kill

  /// What follows when a signal asks for the end.
  var next: Urgency {
    switch self {
    case .none: .checkpoint
    case .checkpoint: .end
    case .end, .kill: .kill
    }
  }

  /// What mpirun is sent: USR2 saves a checkpoint and ends, TERM leaves the ranks a second.
  var signal: Int32 {
    switch self {
    case .none, .checkpoint: SIGUSR2
    case .end: SIGTERM
    case .kill: SIGKILL
    }
  }

  /// Seconds after which it is sent again; nil for never.
  var patience: Int? {
    switch self {
    case .none: nil
    case .checkpoint: 2
    case .end, .kill: 5
    }
  }
}
