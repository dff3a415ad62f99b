import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// A number of things whose plural takes more than an s: `1 class`, `8 classes`.
func counted(_ number: Int, _ noun: String, _ plural: String) -> String {
  "\(number) " + (number == 1 ? noun : plural)
}

/// A number with four significant digits: 0.01875, 1e-06.
func significant(_ value: Double) -> String {
  guard value != 0, value.isFinite else { return "\(value == 0 ? 0 : value)" }
  let scale = pow(10, 3 - log10(abs(value)).rounded(.down))
  let rounded = (value * scale).rounded() / scale
  return rounded == rounded.rounded() && abs(rounded) < 1e6 ? "\(Int(rounded))" : "\(rounded)"
}

/// A large number with three significant digits: 431, 12.3 k, 1.81 G.
func scaled(_ value: Int) -> String {
  var (number, prefixes) = (Double(value), ["k", "M", "G", "T", "P"][...])
  guard number >= 1000 else { return "\(value)" }
  var prefix = ""
  while number >= 999.5, let next = prefixes.popFirst() {
    number /= 1000
    prefix = next
  }
  return fixed(number, number >= 99.95 ? 0 : number >= 9.995 ? 1 : 2) + " " + prefix
}

/// Bytes in megabytes of 2^20, two digits after the point below ten.
func megabytes(_ bytes: Int) -> String {
  let size = Double(bytes) / 0x1p20
  return fixed(size, size < 9.995 ? 2 : 0) + " MB"
}
