package import Collectives

/// A rank, or a whole node, that has shown no change for long.
package struct Stall: Equatable {
  /// Who keeps whom.
  package enum Kind: Equatable {
    /// One rank is behind, and so many of its node wait for it.
    case behind(waiting: Int)
    /// All ranks of the node wait: for another node, or for each other.
    case allWait
  }

  package let kind: Kind
  /// The rank, or the first of the node.
  package let rank: Int
  /// How far it is.
  package let mark: ProgressMark
  /// Seconds since it last came to a meeting with the others.
  package let seconds: Double
  /// Whether that is to end the run.
  package let isFatal: Bool

  /// A word that is the same for all who see the same, and never 0.
  package var key: UInt64 { UInt64(rank + 1) << 48 | (mark.word >> 16) & 0xffff_ffff_ffff }
}
