#if canImport(Glibc)
  import Glibc
#endif

/// Prints a line on standard output at once, also when that is a pipe or a file.
func printLine(_ line: String) {
  print(line)
  unsafe fflush(stdout)
}

/// A number with so many digits after the point.
func fixed(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let scaled = Int((abs(value) * scale).rounded())
  let fraction = String(scaled % Int(scale))
  let zeros = String(repeating: "0", count: digits - fraction.count)
  let whole = "\(value < 0 ? "-" : "")\(scaled / Int(scale))"
  return digits == 0 ? whole : "\(whole).\(zeros)\(fraction)"
}

/// A part of one as a percentage with two digits.
func percent(_ part: Double) -> String { fixed(part * 100, 2) + " %" }

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
