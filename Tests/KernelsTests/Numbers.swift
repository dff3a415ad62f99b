import Storage
import Testing

/// Reproducible numbers in ±1.
func numbers(_ count: Int, seed: UInt64) -> [Float] {
  let stream = RandomStream(seed: seed, purpose: .synthesis)
  return (0..<count).map { 2 * stream.uniform($0) - 1 }
}

/// An array filled with NaN, so that a kernel that adds instead of overwriting is caught.
func unwritten(_ count: Int) -> [Float] { Array(repeating: .nan, count: count) }

/// Expects every element within `tolerance` of the reference, relative to its largest value.
func expectClose(
  _ values: [Float], _ reference: [Double], tolerance: Double = 1e-5, _ what: String,
  location: SourceLocation = #_sourceLocation
) {
  #expect(values.count == reference.count, "\(what)", sourceLocation: location)
  let scale = max(reference.reduce(0) { max($0, abs($1)) }, 1)
  for (index, (value, expected)) in zip(values, reference).enumerated()
  where !(abs(Double(value) - expected) <= tolerance * scale) {
    Issue.record(
      "\(what): element \(index) is \(value), not \(expected)", sourceLocation: location)
    return
  }
}
