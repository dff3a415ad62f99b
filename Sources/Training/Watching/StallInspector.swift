package import Collectives
import Storage

/// Finds, from marks that it is shown now and then, the rank that keeps its node from going on.
///
/// It knows no clock: time is what it is told. Looking allocates nothing.
package struct StallInspector {
  private let ranks: Range<Int>
  private let limits: StallLimits
  private var marks: [ProgressMark]
  /// For each rank, seconds since its mark changed.
  private var quiet: [Double]
  /// For each rank, seconds since it last came to a meeting.
  private var apart: [Double]
  /// The usual seconds of a step; nil until one is over.
  package private(set) var usualStep: Double?
  private var sinceStep = 0.0

  /// An inspector of so many ranks that have not begun.
  package init(ranks: Range<Int>, limits: StallLimits) {
    self.ranks = ranks
    self.limits = limits
    marks = ranks.map { _ in ProgressMark(word: 0) }
    quiet = ranks.map { _ in 0 }
    apart = quiet
  }

  /// Takes in the marks of all ranks `elapsed` seconds after the last look; returns who is late.
  ///
  /// `isStopped` is asked about a rank, by number, that has shown no change for a while.
  package mutating func look(
    after elapsed: Double, isStopped: (Int) -> Bool, mark: (Int) -> ProgressMark
  ) -> Stall? {
    takeStepTime(mark(ranks.lowerBound), elapsed)
    for (index, rank) in ranks.enumerated() {
      let now = mark(rank)
      apart[index] = now.meetings == marks[index].meetings ? apart[index] + elapsed : 0
      quiet[index] = now == marks[index] ? quiet[index] + elapsed : 0
      marks[index] = now
    }
    let late = latest()
    let isAhead = marks.contains { marks[late].isBehind($0) }
    if !isAhead && marks[late].phase.waitsForOthers { return allWait() }
    return behind(late, isStopped: isStopped)
  }

  /// Learns what a step usually takes.
  private mutating func takeStepTime(_ mark: ProgressMark, _ elapsed: Double) {
    sinceStep += elapsed
    let steps = mark.step - marks[0].step
    if steps == 0 { return }
    if steps > 0, marks[0].phase != .preparing {
      let sample = sinceStep / Double(steps)
      usualStep = usualStep.map { 0.8 * $0 + 0.2 * sample } ?? sample
    }
    sinceStep = 0
  }

  /// The index of the rank that is behind all others; of several, the one that is quiet the longest.
  private func latest() -> Int {
    var late = 0
    for index in marks.indices.dropFirst() {
      if marks[index].isBehind(marks[late])
        || !marks[late].isBehind(marks[index]) && quiet[index] > quiet[late]
      {
        late = index
      }
    }
    return late
  }

  private func allWait() -> Stall? {
    let mark = marks[0]
    let limit = limits.limit(forAllWaiting: mark, usualStep: usualStep)
    var seconds = quiet[0]
    for index in quiet.indices { seconds = min(seconds, quiet[index]) }
    if seconds < limit * StallLimits.notice { return nil }
    return Stall(
      kind: .allWait, rank: ranks.lowerBound, mark: mark, seconds: seconds,
      isFatal: seconds >= limit)
  }

  private func behind(_ late: Int, isStopped: (Int) -> Bool) -> Stall? {
    let mark = marks[late]
    var waiting = 0
    for other in marks where other.phase.waitsForOthers && mark.isBehind(other) { waiting += 1 }
    // Slow preparation is nobody's fault, unless others have gone ahead.
    if mark.phase == .preparing && waiting == 0 { return nil }
    var limit = limits.limit(in: mark.phase, usualStep: usualStep)
    let patience = limits.limit(in: .forward, usualStep: usualStep)
    // What may take long is no excuse for a rank that is stopped.
    if limit > patience, quiet[late] >= patience * StallLimits.notice,
      isStopped(ranks.lowerBound + late)
    {
      limit = patience
    }
    // Without anybody who waits, a rank may be busy for long and still be in time.
    let seconds = waiting > 0 ? apart[late] : quiet[late]
    let isFatal = quiet[late] >= limit
    if !isFatal && seconds < limit * StallLimits.notice { return nil }
    return Stall(
      kind: .behind(waiting: waiting), rank: ranks.lowerBound + late, mark: mark,
      seconds: max(seconds, quiet[late]), isFatal: isFatal)
  }
}
