#if canImport(Glibc)
  import Glibc
#endif

/// How often values lie in each of the buckets that TensorFlow uses: their ends grow by a tenth, from
/// ±1e-12 to ±1e20.
public struct Histogram: Sendable, Equatable {
  /// Ends of buckets above 0, ascending.
  private static let ends: [Double] = {
    var ends: [Double] = []
    var end = 1e-12
    while end < 1e20 {
      ends.append(end)
      end *= 1.1
    }
    return ends
  }()

  /// The number of buckets: those of both signs, and one above all ends.
  public static let bucketCount = 2 * ends.count + 2

  /// The values in each bucket.
  public var counts: [Int64]
  /// The smallest value.
  public var smallest: Double
  /// The largest value.
  public var largest: Double
  /// The sum of the values.
  public var sum: Double
  /// The sum of their squares.
  public var squares: Double

  /// A histogram of what was counted; `counts` has `bucketCount` elements.
  public init(
    counts: [Int64], smallest: Double, largest: Double, sum: Double, squares: Double
  ) {
    precondition(counts.count == Self.bucketCount, "\(counts.count) buckets")
    self.counts = counts
    (self.smallest, self.largest, self.sum, self.squares) = (smallest, largest, sum, squares)
  }

  /// The bucket that a value lies in: the first whose end is above it.
  public static func bucket(of value: Double) -> Int {
    let size = abs(value)
    guard size.isFinite else { return value < 0 ? 0 : bucketCount - 1 }
    // A guess from the logarithm, at most one off, and then the comparison that counts.
    var place = size < ends[0] ? 0 : Int(log(size / ends[0]) / log(1.1))
    place = min(max(place, 0), ends.count)
    while place > 0, ends[place - 1] > size { place -= 1 }
    while place < ends.count, ends[place] <= size { place += 1 }
    if value >= 0 { return min(ends.count + 1 + place, bucketCount - 1) }
    // Below 0 an end belongs to the bucket above it.
    let isEnd = place > 0 && ends[place - 1] == size
    return ends.count - place + (isEnd ? 1 : 0)
  }

  /// The upper end of a bucket.
  public static func end(of bucket: Int) -> Double {
    let place = bucket - ends.count
    if place < 0 { return -ends[ends.count - 1 - bucket] }
    return place == 0 ? 0 : place <= ends.count ? ends[place - 1] : Double.greatestFiniteMagnitude
  }

  /// Buckets without values are left out but for one before each that has some: it says where those
  /// begin.
  var message: Tensorboard_HistogramProto {
    var message = Tensorboard_HistogramProto()
    message.min = smallest
    message.max = largest
    message.num = Double(counts.reduce(0, +))
    message.sum = sum
    message.sumSquares = squares
    for (bucket, count) in counts.enumerated() {
      let isBefore = bucket + 1 < counts.count && counts[bucket + 1] > 0
      guard count > 0 || isBefore else { continue }
      message.bucketLimit.append(Self.end(of: bucket))
      message.bucket.append(Double(count))
    }
    return message
  }
}
