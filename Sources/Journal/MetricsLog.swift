import FoundationEssentials
public import Storage

/// `metrics.jsonl`: one JSON object a line, one line an event, written at once.
public final class MetricsLog {
  private let file: LineFile
  private let encoder = JSONEncoder()

  /// Opens the file at `path` to add lines at its end.
  public init(_ path: String) throws(FileError) {
    file = try LineFile(appendingTo: path)
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }

  /// Adds an event, with the time that it is now; returns the event as it was written.
  @discardableResult
  public func append(_ event: Event) throws(FileError) -> Event {
    var event = event
    event.time = (Date.now.timeIntervalSince1970 * 1000).rounded() / 1000
    guard let bytes = try? encoder.encode(event) else { return event }
    try file.append(String(decoding: bytes, as: UTF8.self))
    return event
  }
}
