internal import Kernels
internal import Storage

/// The arguments that a user gave one transform, to be read by name and type.
///
/// What is read is kept in its full form, what was left out included: so a description becomes
/// canonical by being read.
internal struct TransformArguments {
  /// Everything that was read, in full.
  private(set) var resolved: [String: PlainValue] = [:]
  private let given: [String: PlainValue]
  private var known: [String] = []
  /// The channels of the images, where they are known.
  private let channels: Int?

  init(_ given: [String: PlainValue], channels: Int?) {
    self.given = given
    self.channels = channels
  }

  /// Whether the user gave an argument.
  func has(_ name: String) -> Bool { given[name] != nil }

  /// Whether the user gave an argument, as a text.
  func isText(_ name: String) -> Bool {
    if case .text? = given[name] { true } else { false }
  }

  /// Stops at the first argument, in alphabetical order, that was not read.
  func finish() throws(AugmentationError) {
    for name in given.keys.sorted() where !known.contains(name) {
      guard let nearest = nearestName(to: name, among: known) else {
        throw AugmentationError("it takes no arguments; remove \(name)")
      }
      throw AugmentationError(
        "unknown argument \(name); did you mean \(nearest)? Known: "
          + known.joined(separator: ", "))
    }
  }

  /// A number in a range; without a default it must be given.
  mutating func number(
    _ name: String, default standard: Double? = nil, in range: ClosedRange<Double>
  ) throws(AugmentationError) -> Double {
    let value = try value(name, default: standard.map(PlainValue.number))
    guard case .number(let number) = value, range.contains(number) else {
      throw wrong(name, value, "a number in \(text(range))")
    }
    resolved[name] = value
    return number
  }

  /// A whole number in a range.
  mutating func count(
    _ name: String, default standard: Int? = nil, in range: ClosedRange<Int>
  ) throws(AugmentationError) -> Int {
    let value = try value(name, default: standard.map { .number(Double($0)) })
    guard case .number(let number) = value, let count = Int(exactly: number),
      range.contains(count)
    else { throw wrong(name, value, "a whole number in \(range.lowerBound) … \(range.upperBound)") }
    resolved[name] = value
    return count
  }

  /// The two ends of an interval within `range`, or one number that stands for `ends(number)`.
  mutating func interval(
    _ name: String, default standard: ClosedRange<Double>? = nil, in range: ClosedRange<Double>,
    ends: (Double) -> ClosedRange<Double>?
  ) throws(AugmentationError) -> ClosedRange<Double> {
    let value = try value(
      name, default: standard.map { .numbers([$0.lowerBound, $0.upperBound]) })
    var interval: ClosedRange<Double>?
    switch value {
    case .number(let number): interval = ends(number)
    case .numbers(let pair) where pair.count == 2 && pair[0] <= pair[1]:
      interval = pair[0]...pair[1]
    default: break
    }
    guard let interval, range.contains(interval.lowerBound), range.contains(interval.upperBound)
    else { throw wrong(name, value, "a number or [least, most] in \(text(range))") }
    resolved[name] = .numbers([interval.lowerBound, interval.upperBound])
    return interval
  }

  /// Several numbers in a range: as many as one of `counts`.
  mutating func numbers(
    _ name: String, default standard: [Double]? = nil, in range: ClosedRange<Double>,
    counts: [Int]
  ) throws(AugmentationError) -> [Double] {
    let value = try value(name, default: standard.map { .numbers($0) })
    let numbers: [Double]
    switch value {
    case .number(let number): numbers = [number]
    case .numbers(let several): numbers = several
    default: numbers = []
    }
    guard counts.contains(numbers.count), numbers.allSatisfy(range.contains) else {
      let forms = counts.map(String.init).joined(separator: " or ")
      throw wrong(name, value, "\(forms) numbers in \(text(range))")
    }
    resolved[name] = .numbers(numbers)
    return numbers
  }

  /// A height and a width, or one number for both.
  mutating func size(
    _ name: String, default standard: Extent2D? = nil
  ) throws(AugmentationError) -> Extent2D {
    let numbers = try numbers(
      name, default: standard.map { [Double($0.height), Double($0.width)] }, in: 1...16384,
      counts: [1, 2])
    guard numbers.allSatisfy({ $0 == $0.rounded() }) else {
      throw wrong(name, .numbers(numbers), "whole numbers")
    }
    resolved[name] = .numbers([numbers[0], numbers[numbers.count - 1]])
    return Extent2D(Int(numbers[0]), Int(numbers[numbers.count - 1]))
  }

  /// One of the words of a choice.
  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, default standard: Word
  ) throws(AugmentationError) -> Word where Word.RawValue == String {
    let value = try value(name, default: .text(standard.rawValue))
    let words = Word.allCases.map(\.rawValue)
    guard case .text(let text) = value else {
      throw wrong(name, value, "one of \(words.joined(separator: ", "))")
    }
    guard let word = Word(rawValue: text) else {
      let nearest = nearestName(to: text, among: words) ?? ""
      throw AugmentationError(
        "\(name) cannot be \(text); did you mean \(nearest)? Known: "
          + words.joined(separator: ", "))
    }
    resolved[name] = value
    return word
  }

  /// Yes or no.
  mutating func flag(_ name: String, default standard: Bool) throws(AugmentationError) -> Bool {
    let value = try value(name, default: .flag(standard))
    guard case .flag(let flag) = value else { throw wrong(name, value, "true or false") }
    resolved[name] = value
    return flag
  }

  /// A byte for each channel, or one for all.
  mutating func colour(_ name: String) throws(AugmentationError) -> [UInt8] {
    let counts = channels.map { $0 == 1 ? [1] : [1, $0] } ?? Array(1...64)
    let numbers = try numbers(name, default: [0], in: 0...255, counts: counts)
    let bytes = numbers.map { UInt8($0.rounded()) }
    return bytes.count == 1 ? Array(repeating: bytes[0], count: channels ?? 1) : bytes
  }

  private mutating func value(
    _ name: String, default standard: PlainValue?
  ) throws(AugmentationError) -> PlainValue {
    known.append(name)
    guard let value = given[name] ?? standard else {
      throw AugmentationError("it needs the argument \(name)")
    }
    return value
  }

  private func wrong(
    _ name: String, _ value: PlainValue, _ wanted: String
  ) -> AugmentationError {
    AugmentationError("\(name) must be \(wanted), not \(value)")
  }

  private func text(_ range: ClosedRange<Double>) -> String {
    "\(PlainValue.number(range.lowerBound)) … \(PlainValue.number(range.upperBound))"
  }
}
