public import Storage

/// What is wrong with a plan, in one line.
public struct PlanError: ReportableError, Equatable {
  /// What is wrong, where, and what to do.
  public let message: String
  /// A mistake in a plan is a mistake of usage.
  public var exitCode: ExitCode { .usage }

  /// An error with the given line.
  public init(_ message: String) { self.message = message }

  /// An error at a key of the plan.
  init(at path: [any CodingKey], _ message: String) {
    let key = path.map(\.stringValue).joined(separator: ".")
    self.message = key.isEmpty ? "plan: \(message)" : "plan: \(key): \(message)"
  }

  /// What a decoder could not read, in the words of a user.
  init(_ error: DecodingError) {
    switch error {
    case .keyNotFound(let key, let context):
      self.init(at: context.codingPath + [key], "is missing; the plan must say it")
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      self.init(at: context.codingPath, "is not \(Self.noun(for: type))")
    case .dataCorrupted(let context):
      self.init(at: context.codingPath, context.debugDescription)
    @unknown default:
      self.init("plan: \(error)")
    }
  }

  private static func noun(for type: Any.Type) -> String {
    switch type {
    case is Int.Type, is UInt64.Type: "a whole number"
    case is Float.Type, is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "a text"
    case is any Collection.Type: "a list"
    default: "a mapping of keys to values"
    }
  }
}
