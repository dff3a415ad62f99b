import Storage

/// Numbers as the page shows them.
enum Figures {
  /// A number that people read: few digits, thin spaces between thousands.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let size = abs(value)
    if size == 0 { return "0" }
    if size >= 1000 { return thousands(Int(value.rounded())) }
    if size >= 100 { return fixed(value, 0) }
    if size >= 10 { return fixed(value, 1) }
    if size >= 1 { return fixed(value, 3) }
    if size >= 0.001 { return fixed(value, 4) }
    return scientific(value)
  }

  /// A whole number, with thin spaces between thousands.
  static func thousands(_ value: Int) -> String {
    let digits = Array("\(value.magnitude)")
    var text = value < 0 ? "−" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0, digits.count > 4 { text += "\u{202F}" }
      text.append(digit)
    }
    return text
  }

  /// A part of one in percent, with so many digits.
  static func percent(_ part: Double, _ digits: Int = 2) -> String {
    fixed(100 * part, digits) + "\u{202F}%"
  }

  /// A time such as `43 s`, `12 min 05 s`, `3 h 07 min`.
  static func time(_ seconds: Double) -> String {
    if seconds < 10 { return fixed(seconds, 1) + "\u{202F}s" }
    let whole = Int(min(seconds, 1e12).rounded())
    if whole < 60 { return "\(whole)\u{202F}s" }
    if whole < 3600 { return "\(whole / 60)\u{202F}min \(two(whole % 60))\u{202F}s" }
    return "\(whole / 3600)\u{202F}h \(two(whole / 60 % 60))\u{202F}min"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static func scientific(_ value: Double) -> String {
    var (digits, exponent) = (value, 0)
    while abs(digits) < 1, exponent > -330 { (digits, exponent) = (digits * 10, exponent - 1) }
    return "\(fixed(digits, 2))e\(exponent)"
  }
}
