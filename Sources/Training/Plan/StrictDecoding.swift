import Storage

/// A key of which nothing is known beforehand.
struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Decoder {
  /// The container of a mapping all of whose keys are known; another key is an error that names
  /// the nearest known one.
  func strictContainer<Key: CodingKey & CaseIterable>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let known = Key.allCases.map(\.stringValue)
    for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      let nearest = nearestName(to: key.stringValue, among: known) ?? ""
      throw PlanError(
        at: codingPath + [key],
        "unknown key; did you mean \(nearest)? Known here: "
          + known.joined(separator: ", "))
    }
    return try container(keyedBy: type)
  }
}

extension KeyedDecodingContainer {
  /// The value of a key, or the default where the plan does not say.
  func value<Value: Decodable>(_ key: Key, default fallback: Value) throws -> Value {
    try decodeIfPresent(Value.self, forKey: key) ?? fallback
  }

  /// One of the given words.
  func word<Word: RawRepresentable & CaseIterable>(
    _ key: Key, default fallback: Word
  ) throws -> Word where Word.RawValue == String {
    guard let text = try decodeIfPresent(String.self, forKey: key) else { return fallback }
    if let word = Word(rawValue: text) { return word }
    let known = Word.allCases.map(\.rawValue)
    let nearest = nearestName(to: text, among: known) ?? ""
    throw PlanError(
      at: codingPath + [key],
      "unknown value \(text); did you mean \(nearest)? Known: "
        + known.joined(separator: ", "))
  }

  /// Refuses keys that are known, but of no use to what was chosen: they would do nothing.
  func refuseKeys(otherThan used: [Key], of choice: String) throws {
    let names = used.map(\.stringValue)
    for key in allKeys where !names.contains(key.stringValue) {
      throw PlanError(
        at: codingPath + [key],
        "\(choice) does not use it; it uses \(names.joined(separator: ", "))")
    }
  }

  /// Refuses a value that is not in the range.
  func check<Value: Comparable>(
    _ value: Value, _ key: Key, in range: some RangeExpression<Value>, _ what: String
  ) throws {
    if !range.contains(value) {
      throw PlanError(at: codingPath + [key], "is \(value), must be \(what)")
    }
  }
}
