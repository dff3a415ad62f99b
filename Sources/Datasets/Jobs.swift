internal import Dispatch
internal import FoundationEssentials
internal import Synchronization

/// Numbered jobs that threads take one after the other, so that none waits while there are any.
internal final class Jobs: Sendable {
  private let count: Int
  private let taken = Atomic(0)

  private init(count: Int) { self.count = count }

  /// The number of the next job; nil if there is none left.
  func next() -> Int? {
    let job = taken.wrappingAdd(1, ordering: .relaxed).oldValue
    return job < count ? job : nil
  }

  /// Has `count` jobs done on so many cores, nil for all: `work` runs once on each of them, and takes
  /// jobs until there is none left.
  static func share(_ count: Int, on cores: Int?, _ work: @Sendable (Jobs) -> Void) {
    let jobs = Jobs(count: count)
    let cores = cores ?? ProcessInfo.processInfo.activeProcessorCount
    DispatchQueue.concurrentPerform(iterations: min(cores, count)) { _ in work(jobs) }
  }
}
