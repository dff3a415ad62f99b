public import Storage
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Notes what this rank is doing: for those who watch it, and how long each phase takes.
///
/// A phase costs a look at the clock and one relaxed store.
@safe public final class StepProgress {
  /// Where the others see it.
  public let board: ProgressBoard

  private let word: UnsafeMutablePointer<Atomic<UInt64>>
  /// Where phases that are over are kept; nil, and nothing is kept, unless somebody asks for it.
  public var timeline: Timeline?
  private var step = 0
  /// The step in which the present phase began.
  private var stepOfPhase = 0
  private var meetings = 0
  private var changes = 0
  /// Whether the step before this one ended in an evaluation or a save.
  private var followsInterruption = false
  private var isInterrupted = false
  /// What it is doing.
  public private(set) var phase = Phase.preparing
  /// Since when, in nanoseconds of the monotonic clock.
  private var since = nanosecondsNow()
  /// Nanoseconds spent in each phase that is over.
  private var spent: AlignedArray<Int64>

  /// Progress that is noted on `board`; by default on one that nobody else sees.
  public init(on board: ProgressBoard = ProgressBoard()) {
    self.board = board
    unsafe word = board.ownMark
    spent = AlignedArray(count: Phase.allCases.count)
  }

  /// Begins a step, counted from 0, by reading samples.
  public func begin(step: Int) {
    self.step = step
    followsInterruption = isInterrupted
    isInterrupted = false
    enter(.reading)
  }

  /// Ends what it was doing and begins something else, or the same anew.
  public func enter(_ next: Phase) {
    let now = nanosecondsNow()
    spent[Int(phase.rawValue)] += now - since
    if let timeline, phase != .preparing {
      timeline.append(
        Timeline.Part(step: stepOfPhase, phase: phase, begin: Int(since), end: Int(now)))
    }
    stepOfPhase = step
    since = now
    phase = next
    changes &+= 1
    if next.waitsForOthers { meetings &+= 1 }
    if next == .evaluating || next == .saving { isInterrupted = true }
    let mark = ProgressMark(
      step: step, meetings: meetings, changes: changes, followsInterruption: followsInterruption,
      phase: next)
    unsafe word.pointee.store(mark.word, ordering: .relaxed)
  }

  /// What `body` returns, which waits for other ranks; then it goes on with what it was doing.
  func waiting<Result>(_ body: () throws(MPIError) -> Result) throws(MPIError) -> Result {
    let interrupted = phase
    enter(.waiting)
    defer { enter(interrupted) }
    return try body()
  }

  /// Seconds spent in a phase so far, the one that it is in left out.
  public func seconds(in phase: Phase) -> Double { Double(spent[Int(phase.rawValue)]) * 1e-9 }

  /// Seconds spent on steps themselves, without what interrupts them and without waiting for others.
  public var computeSeconds: Double {
    seconds(in: .reading) + seconds(in: .forward) + seconds(in: .backward)
      + seconds(in: .reducing) + seconds(in: .updating)
  }
}

/// The monotonic clock, which stands still while the machine is suspended.
func nanosecondsNow() -> Int64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
