/// The figures of runs as comma-separated values (RFC 4180), a row for each `step` and `evaluation`.
public struct MetricsTable: Sendable {
  /// The text, with a line of column names first.
  public let text: String

  private static let columns = [
    "run", "event", "time", "step", "epoch", "split", "loss", "accuracy", "samples", "rate",
    "gradient_norm", "images_per_second",
  ]

  /// The table of some runs, one after the other; what a start went back over is left out.
  public init(_ runs: [RunHistory]) {
    var rows = [Self.columns.joined(separator: ",")]
    for run in runs {
      for event in run.events where event.event == "step" || event.event == "evaluation" {
        rows.append(Self.row(of: event, run: run.name))
      }
    }
    text = rows.joined(separator: "\n") + "\n"
  }

  private static func row(of event: Event, run: String) -> String {
    let cells: [String?] = [
      run, event.event, number(event.time), event.step.map { "\($0)" }, number(event.epoch),
      event.split, number(event.loss), number(event.accuracy), event.samples.map { "\($0)" },
      number(event.rate), number(event.gradientNorm), number(event.imagesPerSecond),
    ]
    return cells.map { quoted($0 ?? "") }.joined(separator: ",")
  }

  /// A number in the shortest form that gives the same bits when it is read.
  private static func number(_ value: Double?) -> String? { value.map { "\($0)" } }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
