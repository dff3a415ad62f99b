/// What was found of one subject: its facts, and what is wrong with them.
public struct Finding: Encodable, Sendable {
  /// How good or bad it is.
  public enum Verdict: String, Encodable, Sendable {
    /// Nothing is wrong.
    case fine
    /// Training goes on, but slower or with less certainty than it could.
    case warning
    /// Training cannot start, or its result is lost.
    case fault
  }

  /// Something that is wrong.
  public struct Complaint: Encodable, Sendable {
    /// What is wrong.
    public let what: String
    /// What to do about it.
    public let remedy: String
    /// Whether it stops training.
    public let stops: Bool
  }

  /// What it is about: `shared memory`.
  public let subject: String
  /// What was found, each a phrase of its own.
  public private(set) var facts: [String] = []
  /// What is wrong.
  public private(set) var complaints: [Complaint] = []

  /// How good or bad all of it is.
  public var verdict: Verdict {
    complaints.contains(where: \.stops) ? .fault : complaints.isEmpty ? .fine : .warning
  }

  init(_ subject: String) { self.subject = subject }

  /// Adds a fact.
  mutating func note(_ fact: String) { facts.append(fact) }

  /// Adds something that is wrong but stops nothing.
  mutating func warn(_ what: String, _ remedy: String) {
    complaints.append(Complaint(what: what, remedy: remedy, stops: false))
  }

  /// Adds something that stops training.
  mutating func fail(_ what: String, _ remedy: String) {
    complaints.append(Complaint(what: what, remedy: remedy, stops: true))
  }

  private enum CodingKeys: String, CodingKey { case subject, verdict, facts, complaints }

  /// Writes the verdict too.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(subject, forKey: .subject)
    try keys.encode(verdict, forKey: .verdict)
    try keys.encode(facts, forKey: .facts)
    try keys.encode(complaints, forKey: .complaints)
  }
}
