import CSignals

#if canImport(Glibc)
  import Glibc
#endif

/// What a rank asks of all, born of a signal; it rides in the step's control integer and takes
/// effect on all ranks at the same step.
struct Wish: OptionSet, Sendable {
  let rawValue: Int32

  /// A checkpoint after this step.
  static let checkpoint = Wish(rawValue: 1)
  /// A checkpoint after this step, and the end.
  static let stop = Wish(rawValue: 2)

  /// Remembers from now on the signals that are wishes: USR1 for a checkpoint; USR2, TERM and INT
  /// for a checkpoint and the end.
  static func listen() {
    for signal in [SIGUSR1, SIGUSR2, SIGTERM, SIGINT] { lockstep_signals_remember(signal) }
  }

  /// What signals asked for since this was last called.
  static func take() -> Wish {
    let signal = lockstep_signals_received()
    if signal == 0 { return [] }
    lockstep_signals_forget()
    return signal == SIGUSR1 ? .checkpoint : .stop
  }
}
