import FoundationEssentials
import Storage

/// `metrics.jsonl`: one JSON object a line, one line an event, written at once.
final class MetricsLog {
  private let file: LineFile
  private let encoder = JSONEncoder()

  init(_ path: String) throws(FileError) {
    file = try LineFile(appendingTo: path)
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }

  func append(_ event: Event) throws(FileError) {
    var event = event
    event.time = (Date.now.timeIntervalSince1970 * 1000).rounded() / 1000
    guard let bytes = try? encoder.encode(event) else { return }
    try file.append(String(decoding: bytes, as: UTF8.self))
  }
}
