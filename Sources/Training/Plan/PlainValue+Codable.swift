public import Storage

extension PlainValue: Codable {
  /// Reads a number, a list of numbers, true or false, or a text.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let numbers = try? value.decode([Double].self) {
      self = .numbers(numbers)
    } else {
      self = .text(try value.decode(String.self))
    }
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .number(let number): try value.encode(number)
    case .numbers(let numbers): try value.encode(numbers)
    case .text(let text): try value.encode(text)
    case .flag(let flag): try value.encode(flag)
    }
  }
}
