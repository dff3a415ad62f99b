import CVectors

/// What the sums of a product run over, as nested loops; strides count floats.
typealias Contraction = lockstep_contraction

extension Contraction {
  /// A plain run of `length` steps.
  init(_ length: Int, stepA: Int, stepB: Int) {
    self.init(
      outer: 1, outer_a: 0, outer_b: 0, inner: 1, inner_a: 0, inner_b: 0, length: length,
      step_a: stepA, step_b: stepB)
  }
}

/// C = A·B, or C += A·B if `adding`: `rows` rows of 16 to 64 columns, by the vector kernel.
///
/// Every element is one chain of fused multiply-adds, whatever the rows beside it. `streaming`, for
/// what `streams` allows, writes past the caches.
@inline(__always)
func multiply(
  _ a: UnsafePointer<Float>, rowA: Int, _ b: UnsafePointer<Float>, over: Contraction,
  into c: UnsafeMutablePointer<Float>, rowC: Int, rows: Int, columns: Int, adding: Bool = false,
  streaming: Bool = false, ahead: UnsafeMutablePointer<lockstep_ahead>? = nil
) {
  var over = over
  let storing =
    adding ? LOCKSTEP_ADDING : streaming ? LOCKSTEP_STREAMING : LOCKSTEP_OVERWRITING
  unsafe lockstep_product(a, rowA, b, &over, c, rowC, rows, columns, storing, ahead)
}

/// Rows of such a product that are held in registers together: multiples of them leave no rest.
func rowsHeld(columns: Int) -> Int {
  switch columns {
  case ...16: 16
  case ...32: 12
  case ...48: 8
  default: 6
  }
}
