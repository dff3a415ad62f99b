/// A number with so many digits after the point; one too large for that in its shortest form.
public func fixed(_ value: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  // Beyond 2^53 a Double has no digits after the point; nor has what is not finite.
  guard abs(value) * scale < 0x1p53 else { return "\(value)" }
  let scaled = Int((abs(value) * scale).rounded())
  let whole = "\(value < 0 ? "-" : "")\(scaled / Int(scale))"
  if digits == 0 { return whole }
  let fraction = String(scaled % Int(scale))
  return whole + "." + String(repeating: "0", count: digits - fraction.count) + fraction
}

/// A part of one as a percentage with two digits.
public func percent(_ part: Double) -> String { fixed(part * 100, 2) + " %" }

extension Duration {
  /// The duration in seconds.
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

/// A number of things: `1 rank`, `8 ranks`.
public func counted(_ number: Int, _ noun: String) -> String {
  number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
}
