/// A value that a user gives by name in a plan.
public enum PlainValue: Hashable, Sendable {
  /// A number, whole or not.
  case number(Double)
  /// Several numbers, such as a height and a width.
  case numbers([Double])
  /// A name.
  case text(String)
  /// Yes or no.
  case flag(Bool)
}

extension PlainValue: CustomStringConvertible {
  /// The value as a plan writes it.
  public var description: String {
    switch self {
    case .number(let value): Self.form(value)
    case .numbers(let values): "[\(values.map(Self.form).joined(separator: ", "))]"
    case .text(let value): value
    case .flag(let value): "\(value)"
    }
  }

  private static func form(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
