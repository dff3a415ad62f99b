import CVectors

/// Memory that will soon be read, to be fetched into the cache beside arithmetic.
@safe struct Ahead {
  fileprivate(set) var places: lockstep_ahead

  /// None.
  init() { unsafe places = lockstep_ahead(first: nil, second: nil, count: 0) }

  /// `count` floats from each of two places.
  init(_ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, count: Int) {
    unsafe places = lockstep_ahead(first: first, second: second, count: count)
  }

  /// Some rows of x [R, `channels`].
  init(_ x: UnsafePointer<Float>, _ rows: Range<Int>, channels: Int) {
    let count = rows.count * channels
    let start = unsafe x + rows.lowerBound * channels
    unsafe self.init(start, start + count / 2, count: (count + 1) / 2)
  }

  /// Some rows of x [R, `channels`] to be read, and of y to be written: a store finds its line in the
  /// cache, and does not wait for it.
  init(
    _ x: UnsafePointer<Float>, writing y: UnsafeMutablePointer<Float>, _ rows: Range<Int>,
    channels: Int
  ) {
    let first = rows.lowerBound * channels
    unsafe self.init(x + first, y + first, count: rows.count * channels)
  }

  /// What belongs to some of `whole` columns.
  func part(_ columns: Range<Int>, of whole: Int) -> Ahead {
    let count = unsafe places.count
    if count == 0 { return self }
    let begin = count * columns.lowerBound / whole
    let end = count * columns.upperBound / whole
    return unsafe Ahead(places.first + begin, places.second + begin, count: end - begin)
  }
}
