import Journal
import Storage

/// When a run was at work, and what happened.
struct RunTimeline {
  private let run: Run
  private let sessions: [Session]
  private let begin: Double
  private let length: Double

  /// The kinds of events that are marked, in the order of their rows.
  private static let marked = ["evaluation", "checkpoint", "decision", "complaint"]
  /// The most marks of a row; of more, every so many are left out.
  private static let mostMarks = 200

  init(_ run: Run) {
    self.run = run
    sessions = Session.sessions(in: run.history.lines)
    begin = sessions.first?.begin ?? 0
    length = max((sessions.last?.end ?? 0) - begin, 1e-3)
  }

  /// Rows over time, a list of what happened, and what the ranks spent their time on.
  var markup: Markup {
    guard !sessions.isEmpty else { return "<p class=\"none\">Nothing was written down.</p>" }
    return "\(rows)\(list)\(phases)"
  }

  private var rows: Markup {
    let bars = sessions.enumerated().map { number, session -> Markup in
      let title = "start \(number + 1): \(Figures.time(session.end - session.begin))"
      return """
        <i class="work" style="left:\(place(session.begin))%;width:\
        \(100 * (session.end - session.begin) / length)%" title="\(title)"></i>
        """
    }
    let marks = Self.marked.map { kind -> Markup in
      let events = run.history.lines.filter { $0.event == kind }
      if events.isEmpty { return "" }
      let every = max(1, events.count / Self.mostMarks)
      let marks = events.enumerated().filter { $0.offset % every == 0 }.map { _, event -> Markup in
        """
        <i class="\(kind)" style="left:\(place(event.time))%" title="\(describe(event))"></i>
        """
      }
      return "<div class=\"row\"><b>\(kind)s</b><span>\(marks)</span></div>"
    }
    return """
      <div class="times">
      <div class="row"><b>at work</b><span>\(bars)</span></div>
      \(marks)
      <div class="row ends"><b></b><span><em>0</em><em>\(Figures.time(length))</em></span></div>
      </div>
      """
  }

  private var list: Markup {
    let kinds = ["start", "decision", "complaint", "end"]
    let told = run.history.lines.filter { kinds.contains($0.event) }
    let entries = told.map { event -> Markup in
      """
      <li class="\(event.event == "complaint" ? "complaint" : "plain")"><time>\
      \(Figures.time(event.time - begin))</time> \(describe(event))</li>
      """
    }
    return "<ol class=\"happened\">\(entries)</ol>"
  }

  private func describe(_ event: Event) -> String {
    let step = event.step.map { " after step \(Figures.thousands($0))" } ?? ""
    let ranks = event.ranks.map { " on \(counted($0, "rank"))" } ?? ""
    switch event.event {
    case "start": return event.step ?? 0 > 0 ? "resumed\(step)\(ranks)" : "started\(ranks)"
    case "end": return "ended\(step)"
    case "evaluation":
      let accuracy = event.accuracy.map { ": " + Figures.percent($0) } ?? ""
      return "\(event.split ?? "evaluation")\(step)\(accuracy)"
    case "checkpoint":
      return event.text?.split(separator: "/").last.map(String.init) ?? "checkpoint"
    case "decision": return (event.text ?? "decision") + step
    default: return event.text ?? event.event
    }
  }

  private func place(_ time: Double) -> Double { min(100, max(0, 100 * (time - begin) / length)) }

  /// What each rank spent the time of its steps on; nil without `--timeline`.
  private var phases: Markup? {
    guard let ranks = run.events.last(where: { $0.event == "phases" })?.phases, !ranks.isEmpty
    else { return nil }
    let names = Phase.allCases.map(\.name).filter { name in
      ranks.contains { $0[name] ?? 0 > 0 }
    }
    let longest = ranks.map { $0.values.reduce(0, +) }.max() ?? 1
    let rows = ranks.enumerated().map { rank, seconds -> Markup in
      let parts = names.map { name -> Markup in
        let part = seconds[name] ?? 0
        return """
          <i class="phase-\(name)" style="width:\(100 * part / max(longest, 1e-9))%" \
          title="rank \(rank), \(name): \(Figures.time(part))"></i>
          """
      }
      return "<div class=\"row\"><b>rank \(rank)</b><span class=\"bar\">\(parts)</span></div>"
    }
    let total = ranks.flatMap(\.values).reduce(0, +)
    let legend = names.map { name -> Markup in
      let part = ranks.reduce(0) { $0 + ($1[name] ?? 0) } / max(total, 1e-9)
      return "<li class=\"phase-\(name)\">\(name) \(Figures.percent(part, 1))</li>"
    }
    return """
      <h5>Where the ranks' time went</h5><div class="times phases">\(rows)</div>\
      <ul class="legend phases">\(legend)</ul>
      """
  }
}
