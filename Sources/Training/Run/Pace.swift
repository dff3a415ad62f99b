import Collectives
import Journal

/// How fast each rank was since the last line of progress, without waiting for others.
struct Pace {
  /// A rank's time for a micro-batch.
  struct Entry: Equatable {
    let rank: Int
    let seconds: Double
  }

  private var before: [Double]

  /// Times of so many ranks, from now on.
  init(ranks: Int) { before = [Double](repeating: 0, count: ranks) }

  /// The fastest and the slowest rank since this was last asked, over so many steps.
  ///
  /// By micro-batch, since shares may be uneven; of equals the lowest rank.
  mutating func take(_ reducer: Reducer, steps: Int) -> (fastest: Entry, slowest: Entry) {
    var entries: [Entry] = []
    for rank in before.indices {
      let now = reducer.computeSeconds(rank: rank)
      let microBatches = max(1, steps * reducer.tree.shares[rank].microBatches.count)
      entries.append(Entry(rank: rank, seconds: (now - before[rank]) / Double(microBatches)))
      before[rank] = now
    }
    let fastest = entries.min { ($0.seconds, $0.rank) < ($1.seconds, $1.rank) }
    let slowest = entries.min { (-$0.seconds, $0.rank) < (-$1.seconds, $1.rank) }
    let none = Entry(rank: 0, seconds: 0)
    return (fastest ?? none, slowest ?? none)
  }

  /// How much slower than the fastest rank one must be for the line of progress to name it.
  static let notable = 1.3
}

extension Event {
  /// Takes in who was fastest and who slowest.
  mutating func take(_ fastest: Pace.Entry, _ slowest: Pace.Entry) {
    (fastestRank, fastestSeconds) = (fastest.rank, fastest.seconds)
    (slowestRank, slowestSeconds) = (slowest.rank, slowest.seconds)
  }
}
