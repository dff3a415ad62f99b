import Journal
import Storage

/// A run as the page shows it.
struct Run {
  /// What its folder tells.
  let history: RunHistory
  /// The events that count.
  let events: [Event]
  /// Its place on the page, from 0.
  let number: Int
  /// Whether it is the only one.
  let isAlone: Bool

  init(_ history: RunHistory, number: Int, of count: Int) {
    self.history = history
    self.number = number
    events = history.events
    isAlone = count == 1
  }

  /// What it is called.
  var name: String { history.name }
  /// The class that gives it its colour.
  var color: String { "run-\(number % Self.colors)" }
  /// Its name beside its colour.
  var label: Markup { "<i class=\"swatch \(color)\"></i>\(name)" }

  /// The training figures that were written down.
  var steps: [Event] { events.filter { $0.event == "step" } }
  /// The evaluations of a set of samples.
  func evaluations(on split: String) -> [Event] {
    events.filter { $0.event == "evaluation" && $0.split == split }
  }

  /// The sets that it was evaluated on: first those that decide.
  var splits: [String] {
    Set(events.filter { $0.event == "evaluation" }.compactMap(\.split)).sorted(by: >)
  }

  /// The last evaluation of each set.
  var lastEvaluations: [Event] { splits.compactMap { evaluations(on: $0).last } }

  /// The last start.
  var start: Event? { events.last { $0.event == "start" } }
  /// How it ended, if it did.
  var end: Event? { events.last { $0.event == "end" } }
  /// Steps done.
  var stepsDone: Int { events.compactMap(\.step).max() ?? 0 }

  /// Seconds in which one of its processes was at work.
  var secondsAtWork: Double {
    Session.sessions(in: history.lines).reduce(0) { $0 + $1.end - $1.begin }
  }

  /// How many colours the style has.
  private static let colors = 8
}

/// The work of one start of the trainer.
struct Session {
  /// Seconds since 1970.
  let begin: Double
  /// When its last event was written.
  var end: Double
  /// Its events.
  var events: [Event]

  /// The sessions of all events, in order.
  static func sessions(in events: [Event]) -> [Session] {
    var sessions: [Session] = []
    for event in events {
      if event.event == "start" || sessions.isEmpty {
        sessions.append(Session(begin: event.time, end: event.time, events: []))
      }
      sessions[sessions.count - 1].end = max(sessions[sessions.count - 1].end, event.time)
      sessions[sessions.count - 1].events.append(event)
    }
    return sessions
  }
}
