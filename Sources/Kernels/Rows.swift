/// Adds `row` [C] to every row of `matrix` [N, C].
public func addToRows(_ row: Span<Float>, of matrix: inout MutableSpan<Float>) {
  let columns = row.count
  precondition(matrix.count % columns == 0, "\(matrix.count) elements in rows of \(columns)")
  for start in stride(from: 0, to: matrix.count, by: columns) {
    for c in 0..<columns { matrix[start + c] += row[c] }
  }
}

/// Overwrites `sums` [C] with the sums over the rows of `matrix` [N, C], first row first.
public func sumRows(of matrix: Span<Float>, into sums: inout MutableSpan<Float>) {
  let columns = sums.count
  precondition(matrix.count % columns == 0, "\(matrix.count) elements in rows of \(columns)")
  for c in 0..<columns { sums[c] = 0 }
  for start in stride(from: 0, to: matrix.count, by: columns) {
    for c in 0..<columns { sums[c] += matrix[start + c] }
  }
}
