/// What a rank did from one moment to the next, in memory allocated once.
///
/// Where memory ends, the oldest parts are written over.
public final class Timeline {
  /// A phase that is over.
  public struct Part: Equatable, Sendable {
    /// The step that it belongs to, counted from 0.
    public let step: Int
    /// What was done.
    public let phase: Phase
    /// When it began, in nanoseconds of the monotonic clock.
    public let begin: Int
    /// When it ended.
    public let end: Int

    /// A part of a step, with times in nanoseconds.
    public init(step: Int, phase: Phase, begin: Int, end: Int) {
      (self.step, self.phase, self.begin, self.end) = (step, phase, begin, end)
    }
  }

  /// Parts that are kept unless told otherwise; a step of a rank has about eight, and three more a
  /// micro-batch.
  public static let usualCapacity = 1 << 16

  private var parts: [Part]
  /// Parts noted so far.
  private var count = 0

  /// A timeline that keeps the last `capacity` parts.
  public init(capacity: Int = Timeline.usualCapacity) {
    precondition(capacity > 0, "a timeline of \(capacity) parts")
    // Touched now: a step shall not wait for memory.
    parts = [Part](
      repeating: Part(step: 0, phase: .preparing, begin: 0, end: 0), count: capacity)
  }

  /// Notes a part that is over.
  public func append(_ part: Part) {
    parts[count % parts.count] = part
    count += 1
  }

  /// The parts that are kept, the oldest first.
  public var kept: [Part] {
    let first = count % parts.count
    return count <= parts.count ? Array(parts[..<count]) : Array(parts[first...] + parts[..<first])
  }

  /// How many parts were written over.
  public var lost: Int { max(0, count - parts.count) }
}
