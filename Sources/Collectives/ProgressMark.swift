public import Storage

/// How far a rank is, in one word that another process can read at any moment.
///
/// All ranks come to the same meetings in the same order, so meetings tell who is behind.
public struct ProgressMark: Sendable, Equatable {
  /// From the highest bit: 32 of the step, 16 of meetings, 8 of changes, 1 of patience, 7 of phase.
  public let word: UInt64

  /// The mark of a word.
  public init(word: UInt64) { self.word = word }

  /// The mark of a rank in `phase` of `step`, which has come to so many meetings.
  ///
  /// Counts keep their lowest bits. `changes` tells apart what would be equal otherwise.
  public init(
    step: Int, meetings: Int, changes: Int = 0, followsInterruption: Bool = false, phase: Phase
  ) {
    let counts = UInt64(UInt16(truncatingIfNeeded: meetings)) << 8
    let position = UInt64(UInt32(truncatingIfNeeded: step)) << 24 | counts
    word =
      (position | UInt64(UInt8(truncatingIfNeeded: changes))) << 8
      | (followsInterruption ? 0x80 : 0) | UInt64(phase.rawValue)
  }

  /// The step that it is taking, from 0.
  public var step: Int { Int(word >> 32) }
  /// Meetings begun, modulo 2^16.
  public var meetings: UInt16 { UInt16(truncatingIfNeeded: word >> 16) }
  /// Whether the step before ended in an evaluation or a save, which one rank may still be at.
  public var followsInterruption: Bool { word & 0x80 != 0 }
  /// What it is doing.
  public var phase: Phase { Phase(rawValue: UInt8(word & 0x7f)) ?? .preparing }

  /// How many meetings it is ahead of another mark; 0 if behind or at the same.
  public func meetingsAhead(of other: ProgressMark) -> Int {
    max(0, Int(Int16(bitPattern: meetings &- other.meetings)))
  }

  /// Whether a rank with this mark has come less far than one with the other.
  ///
  /// Who waits in a meeting is behind those who have left it.
  public func isBehind(_ other: ProgressMark) -> Bool {
    if meetings != other.meetings { return other.meetingsAhead(of: self) > 0 }
    return phase.waitsForOthers && !other.phase.waitsForOthers
  }
}
