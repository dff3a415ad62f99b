import Collectives
public import Storage

/// An error that all ranks know of and end with; the coordinator prints it once.
public struct AgreedError: ReportableError, Equatable {
  /// What a process that ends with the error returns.
  public let exitCode: ExitCode
  /// One line: what is wrong, where, and what to do.
  public let message: String

  /// The error with the given line.
  public init(exitCode: ExitCode, message: String) {
    self.exitCode = exitCode
    self.message = message
  }
}

extension World {
  /// Lets every rank do `work`; if it fails on any rank, all throw the lowest such rank's error.
  ///
  /// `work` makes no collective call. All ranks call this together.
  func together<Result>(_ work: () throws -> Result) throws -> Result {
    let outcome = Swift.Result(catching: work)
    var own: AgreedError?
    if case .failure(let error) = outcome { own = AgreedError(error) }
    let failed = try minimum(own == nil ? size : rank)
    if failed == size { return try outcome.get() }
    let isMine = failed == rank
    let code = try maximum(isMine ? Int(own?.exitCode.rawValue ?? 0) : 0)
    var text = isMine ? Array((own?.message ?? "").utf8).map(Int64.init) : []
    let length = try maximum(text.count)
    text += [Int64](repeating: 0, count: length - text.count)
    if !isMine { text = [Int64](repeating: 0, count: length) }
    try sum(&text)
    throw AgreedError(
      exitCode: ExitCode(rawValue: Int32(code)) ?? .software,
      message: String(decoding: text.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self))
  }

  /// Lets the root do `work`, whose result is a text; all ranks get the text or throw its error.
  func fromRoot(_ work: () throws -> String) throws -> String {
    let text = try together { isRoot ? try work() : nil }
    return try broadcast(text: text)
  }
}

extension AgreedError {
  /// Any error as one line.
  public init(_ error: any Error) {
    if let error = error as? any ReportableError {
      self.init(exitCode: error.exitCode, message: error.message)
    } else {
      let line = "\(error)".split(separator: "\n").joined(separator: " ")
      self.init(exitCode: .software, message: line)
    }
  }
}
