/// How the columns of a matrix are cut for `multiply`: into panels of 16 to 64.
///
/// All but the last have a multiple of 16 columns. A matrix packed by panels holds each panel's
/// rows one after the other, so that a product reads it in order.
struct ColumnPanels: RandomAccessCollection {
  /// All columns, at least 16.
  let columns: Int

  /// The most columns of a panel.
  static let most = 64

  var startIndex: Int { 0 }
  var endIndex: Int { (sixteens + 3) / 4 }

  /// The columns of a panel.
  subscript(index: Int) -> Range<Int> { start(index)..<start(index + 1) }

  private var sixteens: Int { (columns + 15) / 16 }

  /// Panels are as equal as whole sixteens allow; the larger ones, and what is no sixteen, are last.
  private func start(_ index: Int) -> Int {
    index == endIndex ? columns : sixteens * index / endIndex * 16
  }
}
