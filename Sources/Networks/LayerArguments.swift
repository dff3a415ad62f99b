import Storage

/// The arguments that a user gave one layer, to be read by name and type.
struct LayerArguments {
  /// The layer's name, for messages.
  let layer: String
  /// What the user gave.
  let values: [String: PlainValue]

  /// The most channels, outputs or groups: more is a slip of the pen.
  static let mostChannels = 1 << 16
  /// The largest extent of a kernel, stride, padding or dilation.
  static let largestExtent = 1 << 12

  /// Stops at the first name, in alphabetical order, that the layer does not know.
  init(layer: String, values: [String: PlainValue], known: [String]) throws(NetworkError) {
    self.layer = layer
    self.values = values
    for name in values.keys.sorted() where !known.contains(name) {
      guard let nearest = nearestName(to: name, among: known) else {
        throw NetworkError("\(layer) takes no arguments; remove \(name)")
      }
      throw NetworkError("\(layer) knows no argument \(name); did you mean \(nearest)?")
    }
  }

  /// A whole number of channels, outputs or groups, from 1.
  func count(_ name: String, default standard: Int? = nil) throws(NetworkError) -> Int {
    guard let value = try given(name, unless: standard != nil) else { return standard ?? 1 }
    guard case .number(let number) = value,
      let count = whole(number, in: 1...Self.mostChannels)
    else { throw wrong(name, value, "a whole number in 1...\(Self.mostChannels)") }
    return count
  }

  /// One whole number for both axes, or [height, width], from `smallest`.
  func extent(
    _ name: String, from smallest: Int, default standard: Extent2D? = nil
  ) throws(NetworkError) -> Extent2D {
    guard let value = try given(name, unless: standard != nil) else { return standard ?? 1 }
    let range = smallest...Self.largestExtent
    switch value {
    case .number(let number):
      if let both = whole(number, in: range) { return Extent2D(both) }
    case .numbers(let numbers) where numbers.count == 2:
      if let height = whole(numbers[0], in: range), let width = whole(numbers[1], in: range) {
        return Extent2D(height, width)
      }
    default: break
    }
    throw wrong(name, value, "a whole number, or [height, width], in \(range)")
  }

  /// Any finite number.
  func number(_ name: String, default standard: Float? = nil) throws(NetworkError) -> Float {
    guard let value = try given(name, unless: standard != nil) else { return standard ?? 0 }
    guard case .number(let number) = value, Float(number).isFinite else {
      throw wrong(name, value, "a finite number")
    }
    return Float(number)
  }

  /// Yes or no.
  func flag(_ name: String, default standard: Bool) throws(NetworkError) -> Bool {
    guard let value = values[name] else { return standard }
    guard case .flag(let flag) = value else { throw wrong(name, value, "true or false") }
    return flag
  }

  /// First weights by name.
  func initializer(_ name: String, default standard: Initializer) throws(NetworkError)
    -> Initializer
  {
    guard let value = values[name] else { return standard }
    guard case .text(let text) = value else { throw wrong(name, value, "a name") }
    switch text {
    case "he_normal_fan_in": return .heNormal(.fanIn)
    case "he_normal_fan_out": return .heNormal(.fanOut)
    case "xavier_uniform": return .xavierUniform
    default:
      let names = ["he_normal_fan_in", "he_normal_fan_out", "xavier_uniform"]
      let nearest = nearestName(to: text, among: names) ?? names[0]
      throw NetworkError("\(layer): \(name) cannot be \(text); did you mean \(nearest)?")
    }
  }

  private func given(_ name: String, unless optional: Bool) throws(NetworkError) -> PlainValue? {
    if let value = values[name] { return value }
    if optional { return nil }
    throw NetworkError("\(layer) needs the argument \(name)")
  }

  private func wrong(_ name: String, _ value: PlainValue, _ wanted: String) -> NetworkError {
    NetworkError("\(layer): \(name) must be \(wanted), not \(value)")
  }

  private func whole(_ number: Double, in range: ClosedRange<Int>) -> Int? {
    guard let whole = Int(exactly: number), range.contains(whole) else { return nil }
    return whole
  }
}
