extension Runs {
  /// `total` elements cut into one run a rank, in order, whose lengths differ by at most one.
  public init(sharing total: Int, among ranks: Int) {
    self.init((0..<ranks).map { total * ($0 + 1) / ranks - total * $0 / ranks })
  }
}
