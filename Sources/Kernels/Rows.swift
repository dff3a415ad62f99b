import CVectors
import Storage

/// Adds `row` [C] to every row of `matrix` [N, C].
public func addToRows(_ row: Span<Float>, of matrix: inout MutableSpan<Float>) {
  let columns = row.count
  precondition(matrix.count % columns == 0, "\(matrix.count) elements in rows of \(columns)")
  unsafe lockstep_add_to_rows(
    row.address, matrix.count / columns, columns, matrix.mutableAddress)
}

/// Overwrites `sums` [C] with the sums over the rows of `matrix` [N, C].
///
/// Blocks of rows are summed in single precision, and the blocks' sums in double.
public func sumRows(of matrix: Span<Float>, into sums: inout MutableSpan<Float>) {
  let columns = sums.count
  precondition(matrix.count % columns == 0, "\(matrix.count) elements in rows of \(columns)")
  unsafe lockstep_sum_rows(matrix.address, matrix.count / columns, columns, sums.mutableAddress)
}

/// Copies `count` columns of x, from `first` on, into the columns of y from `target` on.
///
/// Both are row-major with the same number of rows; `xColumns` and `yColumns` are their widths.
public func copyColumns(
  of x: Span<Float>, width xColumns: Int, from first: Int, count: Int,
  into y: inout MutableSpan<Float>, width yColumns: Int, at target: Int
) {
  let rows = x.count / xColumns
  precondition(
    x.count == rows * xColumns && y.count == rows * yColumns && first + count <= xColumns
      && target + count <= yColumns,
    "\(count) columns of \(x.count) / \(xColumns) into \(y.count) / \(yColumns)")
  for row in 0..<rows {
    let source = x.extracting(row * xColumns + first..<row * xColumns + first + count)
    var line = y.slice(row * yColumns + target..<row * yColumns + target + count)
    for c in 0..<count { line[c] = source[c] }
  }
}
