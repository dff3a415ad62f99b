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

  /// What each signal asks for.
  private static let meanings: [(signal: Int32, wish: Wish)] = [
    (SIGUSR1, .checkpoint), (SIGUSR2, .stop), (SIGTERM, .stop), (SIGINT, .stop),
  ]

  /// Remembers from now on the signals that are wishes: USR1 for a checkpoint; USR2, TERM and INT
  /// for a checkpoint and the end.
  static func listen() {
    for (signal, _) in meanings { lockstep_signal_remember(signal) }
  }

  /// What signals asked for since this was last called.
  static func take() -> Wish {
    var wishes: Wish = []
    for (signal, wish) in meanings where lockstep_signal_received(signal) != 0 {
      lockstep_signal_forget(signal)
      wishes.insert(wish)
    }
    return wishes
  }
}
