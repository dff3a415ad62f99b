import Collectives
import Storage
import Testing
import Training

/// Ranks of one node that an inspector looks at four times a second.
private struct Node {
  var marks: [ProgressMark]
  var inspector: StallInspector
  var stopped: Set<Int> = []
  var meetings = 0
  var changes = 0

  init(ranks: Int, planned: Double? = nil) {
    marks = Array(repeating: ProgressMark(word: 0), count: ranks)
    inspector = StallInspector(ranks: 0..<ranks, limits: StallLimits(planned: planned))
  }

  /// Puts all ranks into a phase of a step.
  mutating func put(_ phase: Phase, step: Int) { put(Array(marks.indices), phase, step: step) }

  /// Puts some ranks into a phase of a step.
  mutating func put(_ ranks: [Int], _ phase: Phase, step: Int, interrupted: Bool = false) {
    changes += 1
    for rank in ranks {
      marks[rank] = ProgressMark(
        step: step, meetings: meetings + (phase.waitsForOthers ? 1 : 0), changes: changes,
        followsInterruption: interrupted, phase: phase)
    }
  }

  /// Lets steps go by, each of so many seconds.
  mutating func train(steps: Range<Int>, seconds: Double = 0.25) -> Stall? {
    var worst: Stall?
    for step in steps {
      for phase in [Phase.reading, .forward, .backward, .waiting] {
        put(phase, step: step)
        if let stall = pass(seconds / 4) { worst = stall }
      }
      meetings += 1
    }
    return worst
  }

  /// Lets time pass; returns the last thing that was found.
  mutating func pass(_ seconds: Double, tick: Double = 0.25) -> Stall? {
    var found: Stall?
    var left = seconds
    while left > 0 {
      let (marks, stopped) = (marks, stopped)
      let stall = inspector.look(
        after: min(tick, left), isStopped: { stopped.contains($0) }, mark: { marks[$0] })
      if stall != nil { found = stall }
      left -= tick
    }
    return found
  }
}

@Suite struct StallInspectorTests {
  @Test(arguments: [Phase.reading, .forward, .backward, .reducing, .updating])
  func `a rank that stands still is named, first in a line and then at the end`(phase: Phase) {
    var node = Node(ranks: 4)
    #expect(node.train(steps: 0..<20) == nil)
    node.put([2], phase, step: 20)
    node.put([0, 1, 3], .waiting, step: 20)
    #expect(node.pass(9) == nil)
    let notice = node.pass(3)
    #expect(notice?.rank == 2 && notice?.kind == .behind(waiting: 3) && notice?.isFatal == false)
    #expect(notice?.mark.phase == phase && notice?.mark.step == 20)
    #expect(node.pass(45)?.isFatal == false)
    let end = node.pass(5)
    #expect(end?.rank == 2 && end?.isFatal == true && end?.key == notice?.key)
  }

  @Test func `who stands still in a meeting that the others have left is named too`() {
    var node = Node(ranks: 3)
    #expect(node.train(steps: 0..<9) == nil)
    node.put(.waiting, step: 9)
    node.meetings += 1
    node.put([0, 2], .waiting, step: 9)
    let stall = node.pass(70)
    #expect(stall?.rank == 1 && stall?.kind == .behind(waiting: 2) && stall?.isFatal == true)
  }

  @Test func `a rank that is slow but moves is named, and ends nothing`() {
    var node = Node(ranks: 2)
    #expect(node.train(steps: 0..<20) == nil)
    node.put([0], .waiting, step: 20)
    for _ in 0..<100 {
      node.put([1], .forward, step: 20)
      let stall = node.pass(2)
      #expect(stall?.isFatal != true)
    }
    node.put([1], .forward, step: 20)
    #expect(node.pass(2)?.rank == 1)
  }

  @Test(arguments: [Phase.evaluating, .saving, .logging, .finishing])
  func `a long evaluation, save or line is no alarm, but a stopped rank is`(phase: Phase) {
    var node = Node(ranks: 3)
    #expect(node.train(steps: 0..<9) == nil)
    node.put([0], phase, step: 9)
    node.put([1, 2], .waiting, step: 10, interrupted: true)
    #expect(node.pass(90) == nil)
    #expect(node.pass(400)?.isFatal == false)
    node.stopped = [0]
    let stall = node.pass(1)
    #expect(stall?.rank == 0 && stall?.isFatal == true)
  }

  @Test func `an evaluation that goes on for hours is no alarm`() {
    var node = Node(ranks: 2)
    #expect(node.train(steps: 0..<9) == nil)
    for _ in 0..<500 {
      node.put(.evaluating, step: 9)
      #expect(node.pass(20) == nil)
    }
  }

  @Test func `slow preparation and a slow first step are no alarm, unless others have gone ahead`()
  {
    var node = Node(ranks: 3)
    #expect(node.pass(7200) == nil)
    node.put(.forward, step: 0)
    #expect(node.pass(45) == nil)
    var other = Node(ranks: 3)
    other.put([1, 2], .waiting, step: 0)
    #expect(other.pass(400) == nil)
    #expect(other.pass(2700)?.isFatal == true)
  }

  @Test func `steps that usually take long may take long`() {
    var node = Node(ranks: 2)
    #expect(node.train(steps: 0..<5, seconds: 100) == nil)
    node.put([0], .backward, step: 5)
    node.put([1], .waiting, step: 5)
    #expect(node.pass(300) == nil)
    #expect(node.pass(1400)?.isFatal == false)
    #expect(node.pass(400)?.isFatal == true)
  }

  @Test func `ranks that all wait are waiting for another host, which speaks first`() {
    var node = Node(ranks: 2)
    #expect(node.train(steps: 0..<9) == nil)
    node.put(.waiting, step: 9)
    #expect(node.pass(14) == nil)
    #expect(node.pass(70)?.isFatal == false)
    let stall = node.pass(10)
    #expect(stall?.kind == .allWait && stall?.isFatal == true)

    var after = Node(ranks: 2)
    #expect(after.train(steps: 0..<9) == nil)
    after.put([0, 1], .waiting, step: 10, interrupted: true)
    #expect(after.pass(590)?.isFatal == false)
  }

  @Test func `a plan's limit takes the place of the usual one`() {
    var node = Node(ranks: 2, planned: 6)
    #expect(node.train(steps: 0..<9) == nil)
    node.put([0], .waiting, step: 9)
    node.put([1], .forward, step: 9)
    #expect(node.pass(0.75) == nil)
    #expect(node.pass(1)?.isFatal == false)
    #expect(node.pass(5)?.isFatal == true)
  }
}
