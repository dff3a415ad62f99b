import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// Keeps a run under mpirun going until it is done, is told to stop, or cannot get better.
///
/// It makes no MPI call and computes nothing: what it does not do cannot kill it.
public struct Supervisor {
  /// How many ranks to start.
  public var ranks = 1
  /// With how few to go on where more come to nothing.
  public var fewestRanks = 1
  /// How often to start again without a newer checkpoint.
  public var restartLimit = 5
  /// The machines that ranks run on; nil for this one, or what a batch system says.
  public var hosts: Hosts?
  /// The program and its arguments.
  public var program: [String] = []
  /// How far the run is on disk; nil where there is no checkpoint.
  public var progress: () -> RunProgress? = { nil }
  /// The run's last sign of life; nil where it has given none.
  public var sign: () -> Recovery.Sign? = { nil }
  /// Keeps what a death has cost.
  public var record: (Recovery) -> Void = { _ in }

  /// How many ranks a run has unless told: one a core that this process may use, at most 8.
  public static var usualRanks: Int { min(8, Cores.usable) }

  /// A run to be described by the properties.
  public init() {}

  /// Runs to the end; returns the exit status.
  ///
  /// 0: the run is done. 64 to 78: the ranks' own, of what no other try mends. 128 and a signal's
  /// number: stopped by that signal, to be gone on with by the same command. Other codes: those of
  /// the last start, after too many in vain.
  public func run() throws -> Int32 {
    if unsafe getenv("OMPI_COMM_WORLD_RANK") != nil {
      throw SupervisionError(
        "trainer run starts mpirun itself; use trainer run -n 8, or mpirun -n 8 trainer train")
    }
    let signals = SignalQueue()
    let launcher = try Launcher(onSeveralMachines: hosts?.areSeveral == true)
    defer { launcher.finish() }
    var watch = Watch(launcher: launcher, signals: signals)
    var restarts = Restarts(
      limit: restartLimit, ranks: ranks, fewestRanks: fewestRanks, cores: Cores.usable,
      hosts: hosts, newest: progress()?.step)
    while true {
      let ending = watch.ending(
        of: try launcher.start(ranks: restarts.ranks, on: restarts.hosts, program))
      if let signal = watch.stop { return status(after: ending, stoppedBy: signal) }
      guard ending.mayGetBetter else { return ending.status }
      guard restarts.isWorthAnother(newest: progress()?.step) else {
        Console.complain(
          "trainer: \(ending); giving up after \(restarts.fruitless) starts without a newer "
            + "checkpoint: the same command goes on once the cause is gone")
        return ending.status
      }
      if let hosts {
        if hosts.areSeveral { restarts.fit(watch.answering(hosts)) }
      } else {
        restarts.fit(cores: Cores.usable)
      }
      Console.complain("trainer: \(ending); \(restarts.description)")
      if let last = sign() { watch.awaitRecovery(from: last, sign: sign, record: record) }
      watch.pause(seconds: restarts.delay)
      if let signal = watch.stop { return 128 + signal }
    }
  }

  /// The exit status of a run that was told to stop.
  private func status(after ending: Ending, stoppedBy signal: Int32) -> Int32 {
    let progress = progress()
    if ending.status == 0 { return progress?.isDone == true ? 0 : 128 + signal }
    guard ending.mayGetBetter else { return ending.status }
    let place = progress.map { "from the checkpoint after step \($0.step)" } ?? "from the beginning"
    Console.complain(
      "trainer: stopped before a checkpoint was saved; the same command goes on "
        + place)
    return 128 + signal
  }
}

/// How far a run is on disk.
public struct RunProgress: Sendable {
  /// The steps done at the newest checkpoint.
  public let step: Int
  /// The steps after which the run is done.
  public let lastStep: Int

  /// A run that is so far.
  public init(step: Int, lastStep: Int) {
    self.step = step
    self.lastStep = lastStep
  }

  /// Whether nothing is left to do.
  var isDone: Bool { step >= lastStep }
}
