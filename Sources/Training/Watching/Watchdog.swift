import Collectives
import Dispatch
import Journal
import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// A thread in every rank that looks at what the ranks of its node are doing, and ends the run where
/// one keeps the others waiting for too long.
///
/// It makes no MPI call: the thread that trains may be stuck in one. Exactly one rank of the node
/// reports, whichever can; the others are ended by mpirun.
final class Watchdog: Sendable {
  /// Where and for whom it watches.
  struct Post: Sendable {
    let board: ProgressBoard
    let host: String
    let nodeCount: Int
    /// `metrics.jsonl` of the run.
    let metrics: String
    /// Where the root notes how far it is; nil on other ranks.
    let lifeSign: LifeSignFile?
  }

  private let post: Post
  private let queue = DispatchQueue(label: "lockstep.watchdog")
  private let begun = DispatchSemaphore(value: 0)
  private let end = DispatchSemaphore(value: 0)

  /// How often it looks, in seconds.
  private static let interval = 0.25
  /// Seconds after which a rank ends although another has said that it ends the run.
  private static let grace = 5.0

  /// Begins to watch; a limit of 0 seconds is none.
  init(_ post: Post, limits: StallLimits) {
    self.post = post
    queue.async { [self] in watch(limits) }
    // What the thread allocates once, it has allocated before the first step.
    begun.wait()
  }

  /// Ends the watch; afterwards the thread holds nothing any more.
  func stop() {
    end.signal()
    queue.sync {}
  }

  private func watch(_ limits: StallLimits) {
    let board = post.board
    var inspector = StallInspector(ranks: board.ranks, limits: limits)
    // Without a limit only the signs of life are kept.
    let planned = limits.planned.map { $0 == 0 ? .infinity : $0 } ?? .infinity
    let interval = min(Self.interval, planned / 10)
    var sign = LifeSign()
    var last = SuspendingClock.now
    var sinceEnd = 0.0
    var isFirst = true
    while end.wait(timeout: .now() + (isFirst ? 0 : interval)) == .timedOut {
      let now = SuspendingClock.now
      // Where this thread stood still too, with the machine or under a debugger, nobody is late.
      let elapsed = min((now - last).seconds, 2 * interval)
      last = now
      // A method in the closure's place would be allocated each time.
      let stall = inspector.look(
        after: elapsed, isStopped: { ProcessState(of: board.process(of: $0)) == .stopped },
        mark: { board.mark(of: $0) })
      let own = board.mark(of: board.rank)
      if sign.take(step: own.step, isPreparing: own.phase == .preparing) {
        post.lifeSign?.write(sign)
      }
      if isFirst { begun.signal() }
      isFirst = false
      if board.isEnded {
        // mpirun ends the others, should this one's end not be enough.
        sinceEnd += elapsed
        if sinceEnd > Self.grace { _exit(ExitCode.tryAgain.rawValue) }
        continue
      }
      guard let stall, limits.planned != 0 else { continue }
      if stall.isFatal {
        if board.claimEnd() { endRun(stall) }
      } else if board.claimReport(of: stall.key) {
        Console.print("warning: " + line(stall))
        note(stall)
      }
    }
  }

  private func endRun(_ stall: Stall) -> Never {
    Console.complain(
      "trainer: " + line(stall)
        + ": ending the run; started again it goes on from its newest checkpoint")
    note(stall)
    // mpirun ends the others; MPI_Abort would be an MPI call.
    _exit(ExitCode.tryAgain.rawValue)
  }

  private func note(_ stall: Stall) {
    var event = Event("stall", step: stall.mark.step + 1)
    event.text = line(stall)
    _ = try? MetricsLog(post.metrics).append(event)
  }

  private func line(_ stall: Stall) -> String {
    let place = "step \(stall.mark.step + 1)"
    let time = "\(fixed(stall.seconds, 0)) s"
    switch stall.kind {
    case .allWait:
      let whom = post.nodeCount > 1 ? "another host" : "each other"
      return "\(counted(post.board.ranks.count, "rank")) on \(post.host) have waited \(time) for "
        + "\(whom), in \(place)"
    case .behind(let waiting):
      let process = post.board.process(of: stall.rank)
      let state = ProcessState(of: process).text
      let others = waiting == 0 ? "" : "; \(counted(waiting, "rank")) of this host waiting for it"
      return "rank \(stall.rank) on \(post.host) (process \(process), \(state)) is "
        + "\(stall.mark.phase) of \(place), \(time) since it last met the others\(others)"
    }
  }
}
