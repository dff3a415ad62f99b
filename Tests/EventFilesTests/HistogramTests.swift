import EventFiles
import Testing

@Suite struct `A histogram's buckets` {
  @Test
  func `have ascending ends, and each value lies below its bucket's end and not below the last`() {
    for bucket in 1..<Histogram.bucketCount {
      #expect(Histogram.end(of: bucket - 1) < Histogram.end(of: bucket))
    }
    var values = [0, 1e-300, 1e-12, 1.05e-12, 0.1, 0.5, 1, 3.25, 1e19, 9.9e19]
    // The ends themselves, too, where a logarithm may be one off.
    values += (0..<Histogram.bucketCount - 1).map { Histogram.end(of: $0) }.filter { $0 > 0 }
    for value in values + values.map({ -$0 }) {
      let bucket = Histogram.bucket(of: value)
      let isBelow = value < Histogram.end(of: bucket)
      #expect(isBelow, "\(value) in bucket \(bucket)")
      if bucket > 0 { #expect(value >= Histogram.end(of: bucket - 1), "\(value) in \(bucket)") }
    }
  }

  @Test func `take what no end is above or below`() {
    #expect(Histogram.bucket(of: 1e30) == Histogram.bucketCount - 1)
    #expect(Histogram.bucket(of: .infinity) == Histogram.bucketCount - 1)
    #expect(Histogram.bucket(of: .nan) == Histogram.bucketCount - 1)
    #expect(Histogram.bucket(of: -1e30) == 0 && Histogram.bucket(of: -.infinity) == 0)
  }
}
