import Collectives
import Storage
import Testing

@Suite struct ProgressTests {
  @Test func `a mark keeps step, meetings and phase, for every phase`() {
    for phase in Phase.allCases {
      for step in [0, 1, 999_999_999, 0xffff_ffff] {
        for flag in [false, true] {
          let mark = ProgressMark(
            step: step, meetings: step + 5, changes: step, followsInterruption: flag, phase: phase)
          #expect(mark.step == step && mark.phase == phase && mark.followsInterruption == flag)
          #expect(mark.meetings == UInt16(truncatingIfNeeded: step + 5))
        }
      }
    }
  }

  @Test func `who waits in a meeting is behind those who left it, across the wrap of counts`() {
    for meeting in [1, 0xffff, 0x10000] {
      let late = ProgressMark(step: 7, meetings: meeting - 1, phase: .forward)
      let waiting = ProgressMark(step: 7, meetings: meeting, phase: .waiting)
      let gone = ProgressMark(step: 7, meetings: meeting, phase: .updating)
      let next = ProgressMark(step: 7, meetings: meeting + 1, phase: .publishing)
      let inOrder = [late, waiting, gone, next]
      for (first, a) in inOrder.enumerated() {
        for (second, b) in inOrder.enumerated() {
          #expect(a.isBehind(b) == (first < second))
        }
      }
      #expect(next.meetingsAhead(of: late) == 2 && late.meetingsAhead(of: next) == 0)
    }
  }

  @Test func `what a rank notes is on the board, and time is spent in the phase it was in`() {
    let board = ProgressBoard(rank: 3)
    let progress = StepProgress(on: board)
    #expect(board.ranks == 3..<4 && board.mark(of: 3).phase == .preparing)
    progress.begin(step: 41)
    var marks = [board.mark(of: 3)]
    for phase in [Phase.evaluating, .evaluating, .waiting, .publishing] {
      progress.enter(phase)
      let mark = board.mark(of: 3)
      #expect(mark.step == 41 && mark.phase == phase && !marks.contains(mark))
      marks.append(mark)
    }
    #expect(marks.map(\.meetings) == [0, 0, 0, 1, 2])
    progress.begin(step: 42)
    #expect(board.mark(of: 3).followsInterruption && progress.computeSeconds >= 0)
    progress.begin(step: 43)
    #expect(!board.mark(of: 3).followsInterruption)
  }

  @Test func `exactly one claims a report, and each new finding can be claimed again`() {
    let board = ProgressBoard()
    #expect(board.claimReport(of: 5) && !board.claimReport(of: 5) && board.claimReport(of: 6))
    #expect(board.claimEnd() && !board.claimEnd())
  }
}
