#if canImport(Glibc)
  import Glibc
#endif

/// Why mpirun ended.
struct Ending: Equatable, CustomStringConvertible {
  /// The exit status, or 128 and the signal's number.
  let status: Int32
  /// Whether mpirun itself died of a signal.
  let launcherDied: Bool

  /// The ending that `waitpid` tells of.
  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    launcherDied = signal != 0
    status = launcherDied ? 128 + signal : (waitStatus >> 8) & 0xff
  }

  /// Whether the same command may fare better: not where plan, data or disk are at fault.
  ///
  /// These have codes of sysexits, 64 to 78; among them 75 asks for another try.
  var mayGetBetter: Bool { status != 0 && (!(64...78).contains(status) || status == 75) }

  /// What happened, for a line.
  var description: String {
    if launcherDied { return "mpirun died of \(Self.name(of: status - 128))" }
    if status > 128, status < 128 + 64 { return "a rank died of \(Self.name(of: status - 128))" }
    if status == Self.lostMachine { return "mpirun has lost a machine" }
    if status == 75 { return "the ranks ask for another try (exit code 75)" }
    return "the ranks ended with exit code \(status)"
  }

  /// What mpirun ends with where the connection to a machine is gone.
  private static let lostMachine: Int32 = 205

  private static func name(of signal: Int32) -> String {
    guard let text = unsafe strsignal(signal) else { return "signal \(signal)" }
    return unsafe "signal \(signal) (\(String(cString: text)))"
  }
}
