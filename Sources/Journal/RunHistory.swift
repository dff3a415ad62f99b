import FoundationEssentials
public import Storage

/// What a run's folder tells of it: its events, its plan and its machine.
public struct RunHistory: Sendable {
  /// What the run is called: the name of its folder.
  public let name: String
  /// Where its files lie.
  public let files: RunFiles
  /// All events, in the order of their lines; also those that a later start did over again.
  public let lines: [Event]
  /// The resolved plan; nil where there is none.
  public let plan: String?
  /// The kind of machine; nil where it is not noted.
  public let machine: String?
  /// What was found damaged or missing, one line each.
  public let complaints: [String]

  /// Reads the run in `folder`; throws if there is none.
  ///
  /// Lines that cannot be read are left out, and one complaint tells of them.
  public init(folder: String) throws {
    files = RunFiles(folder: folder)
    guard Folder.exists(folder), DurableFile.exists(files.metrics) else {
      throw RunHistoryError(folder: folder)
    }
    var complaints: [String] = []
    let text = try TextFile.read(files.metrics)
    let read = Self.events(in: text)
    lines = read.events
    if let first = read.damaged.first {
      complaints.append(
        "\(files.metrics): \(counted(read.damaged.count, "line")) cannot be read, the first is line "
          + "\(first); left out")
    }
    plan = try? TextFile.read(files.plan)
    machine = try? TextFile.read(files.machine)
    if plan == nil { complaints.append("\(files.plan): is not there, or cannot be read") }
    self.complaints = complaints
    name = folder.split(separator: "/").last { $0 != "." }.map(String.init) ?? folder
  }

  /// The events of a text of one JSON object a line, and the numbers of lines that are none.
  public static func events(in text: String) -> (events: [Event], damaged: [Int]) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var events: [Event] = []
    var damaged: [Int] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      if let event = try? decoder.decode(Event.self, from: Data(line.utf8)) {
        events.append(event)
      } else {
        damaged.append(index + 1)
      }
    }
    return (events, damaged)
  }

  /// The events with which a run goes on from steps that it may have passed already.
  private static let returns: Set<String> = ["start", "rollback"]

  /// The events that count: what a start or a rollback went back over is left out.
  ///
  /// A killed run goes on from its newest checkpoint, and takes the steps after it once more; so does
  /// one that goes back because a step went wrong.
  public var events: [Event] {
    var kept: [Event] = []
    for event in lines {
      if Self.returns.contains(event.event), let first = event.step {
        kept.removeAll { !Self.returns.contains($0.event) && $0.step ?? 0 > first }
      }
      kept.append(event)
    }
    return kept
  }
}

/// There is no run in a folder.
public struct RunHistoryError: ReportableError, Equatable {
  /// The folder.
  public let folder: String

  /// A missing run is `noInput`.
  public var exitCode: ExitCode { .noInput }
  /// The form "runs/x: no run is here …".
  public var message: String {
    "\(folder): no run is here (it has no metrics.jsonl); name a run folder, such as those in runs/"
  }
}
