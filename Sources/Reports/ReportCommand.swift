import Journal
import Storage

/// What `trainer report` was asked to do.
public struct ReportCommand: Sendable {
  /// The folders of the runs, in the order in which they are shown.
  public var runs: [String]
  /// Where the page goes; nil for `report.html` in the folder of the run, or here for several runs.
  public var output: String?
  /// Whether the figures are wanted as comma-separated values instead of a page.
  public var csv = false

  /// A report of some runs.
  public init(runs: [String]) { self.runs = runs }

  /// Writes the page, or the figures; throws if a run is not there or nothing can be written.
  public func run() throws {
    let histories = try runs.map { try RunHistory(folder: $0) }
    for complaint in histories.flatMap(\.complaints) { Console.complain("warning: " + complaint) }
    let text = csv ? MetricsTable(histories).text : Page(histories).text
    if csv, output == nil { return Console.print(String(text.dropLast())) }
    let path = output ?? (histories.count == 1 ? histories[0].files.report : "report.html")
    try DurableFile.write(text, to: path)
    Console.print("report: \(path)")
  }
}
