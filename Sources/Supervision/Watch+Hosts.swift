#if canImport(Glibc)
  import Glibc
#endif

// Machines that no longer answer.

extension Watch {
  /// Those of the hosts on which mpirun can start a process.
  mutating func answering(_ hosts: Hosts) -> Hosts {
    if answer(hosts) { return hosts }
    var names: [String] = []
    for name in hosts.names where stop == nil {
      if answer(hosts.only([name])) { names.append(name) }
    }
    return hosts.only(names)
  }

  /// Whether all of the hosts start a process in time.
  private mutating func answer(_ hosts: Hosts) -> Bool {
    guard let process = try? launcher.start(askingFor: hosts) else { return false }
    let limit = SuspendingClock.now + .seconds(Self.patience)
    while true {
      if let ending = launcher.ending(of: process) { return ending.status == 0 }
      if stop != nil || SuspendingClock.now > limit { kill(process, SIGKILL) }
      note(signals.next(within: 1))
    }
  }

  /// Seconds that a login and the start of a process may take.
  private static let patience = 20
}
