/// Places regions in one arena so that those alive at the same time do not overlap.
///
/// Time runs from 0: the forward pass of n nodes, the loss, then the backward pass. Placement is
/// greedy: the largest region first, at the lowest free offset; a pure function of the regions.
package struct MemoryPlan {
  /// A wish for memory during a stretch of time.
  package struct Request {
    /// The number of 4-byte elements.
    package var count: Int
    /// The first and last moment at which the region holds something.
    package var lifetime: ClosedRange<Int>
  }

  /// The first element of each region, in the order of the requests.
  package private(set) var offsets: [Int]
  /// The elements of the whole arena.
  package private(set) var count = 0

  /// Floats in a cache line: every region starts on one.
  private static let alignment = ParameterLayout.alignment

  package init(_ requests: [Request]) {
    offsets = Array(repeating: 0, count: requests.count)
    let order = requests.indices.sorted {
      (requests[$1].count, $0) < (requests[$0].count, $1)
    }
    var placed: [Int] = []
    for index in order {
      let size = Self.padded(requests[index].count)
      let neighbours = placed.filter {
        requests[$0].lifetime.overlaps(requests[index].lifetime)
      }.sorted { offsets[$0] < offsets[$1] }
      var offset = 0
      for other in neighbours {
        if offset + size <= offsets[other] { break }
        offset = max(offset, offsets[other] + Self.padded(requests[other].count))
      }
      offsets[index] = offset
      count = max(count, offset + size)
      placed.append(index)
    }
  }

  private static func padded(_ count: Int) -> Int {
    (count + alignment - 1) / alignment * alignment
  }
}
