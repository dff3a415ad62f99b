import COpenBLAS

/// C = A·B, or C += A·B if `adding`; row-major, C is [m, n].
///
/// A is [m, k], or [k, m] if it is to be transposed; B is [k, n], or [n, k] if so.
///
/// The sums' order is OpenBLAS's: the same for the same shape on the same kind of CPU.
public func matrixProduct(
  _ a: Span<Float>, _ b: Span<Float>, into c: inout MutableSpan<Float>, m: Int, n: Int, k: Int,
  transposingA: Bool = false, transposingB: Bool = false, adding: Bool = false
) {
  precondition(
    a.count >= m * k && b.count >= k * n && c.count >= m * n,
    "[\(m), \(k)]·[\(k), \(n)] from \(a.count), \(b.count) into \(c.count) elements")
  unsafe a.withUnsafeBufferPointer { a in
    unsafe b.withUnsafeBufferPointer { b in
      unsafe c.withUnsafeMutableBufferPointer { c in
        unsafe cblas_sgemm(
          CblasRowMajor, transposingA ? CblasTrans : CblasNoTrans,
          transposingB ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k), 1,
          a.baseAddress, Int32(transposingA ? m : k), b.baseAddress,
          Int32(transposingB ? k : n), adding ? 1 : 0, c.baseAddress, Int32(n))
      }
    }
  }
}

/// Puts OpenBLAS on one thread: two threads would change the order of sums (design, the limit).
public func useOneBLASThread() { openblas_set_num_threads(1) }

/// The kind of core that OpenBLAS chose its kernels for, such as `Cooperlake`.
public func blasCoreName() -> String { unsafe String(cString: openblas_get_corename()) }
