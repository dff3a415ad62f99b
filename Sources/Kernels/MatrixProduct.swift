import COpenBLAS

/// C = A·B, or C += A·B if `adding`; row-major, C is [m, n].
///
/// A is [m, k], or [k, m] if it is to be transposed; B is [k, n], or [n, k] if so. A matrix may be
/// part of a wider one: `rowA`, `rowB` and `rowC` are the elements from one row to the next.
///
/// The sums' order is OpenBLAS's: the same for the same shape on the same kind of CPU.
public func matrixProduct(
  _ a: Span<Float>, _ b: Span<Float>, into c: inout MutableSpan<Float>, m: Int, n: Int, k: Int,
  transposingA: Bool = false, transposingB: Bool = false, adding: Bool = false,
  rowA: Int? = nil, rowB: Int? = nil, rowC: Int? = nil
) {
  let (rowsA, columnsA) = transposingA ? (k, m) : (m, k)
  let (rowsB, columnsB) = transposingB ? (n, k) : (k, n)
  let rowA = rowA ?? columnsA
  let rowB = rowB ?? columnsB
  let rowC = rowC ?? n
  precondition(
    a.count >= (rowsA - 1) * rowA + columnsA && b.count >= (rowsB - 1) * rowB + columnsB
      && c.count >= (m - 1) * rowC + n && rowA >= columnsA && rowB >= columnsB && rowC >= n,
    "[\(m), \(k)]·[\(k), \(n)] from \(a.count), \(b.count) into \(c.count) elements")
  unsafe cblas_sgemm(
    CblasRowMajor, transposingA ? CblasTrans : CblasNoTrans,
    transposingB ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k), 1,
    a.address, Int32(rowA), b.address, Int32(rowB), adding ? 1 : 0, c.mutableAddress,
    Int32(rowC))
}

/// Puts OpenBLAS on one thread: two threads would change the order of sums (design, the limit).
public func useOneBLASThread() { openblas_set_num_threads(1) }

/// The kind of core that OpenBLAS chose its kernels for, such as `Cooperlake`.
public func blasCoreName() -> String { unsafe String(cString: openblas_get_corename()) }
