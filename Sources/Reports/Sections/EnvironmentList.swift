import Journal
import Storage

/// Where a run took place.
struct EnvironmentList {
  private let run: Run

  init(_ run: Run) { self.run = run }

  /// What the last start noted of its machine.
  var markup: Markup {
    var facts: [(name: String, value: String)] = []
    if let ranks = run.start?.ranks { facts.append(("ranks", "\(ranks)")) }
    facts += (run.start?.environment ?? [:]).sorted { $0.key.lowercased() < $1.key.lowercased() }
      .map { ($0.key, $0.value) }
    if let machine = run.history.machine { facts.append(("bits depend on", machine)) }
    facts.append(("run folder", run.history.files.folder))
    let entries = facts.map { name, value -> Markup in
      "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
    }
    return "<dl class=\"environment\">\(entries)</dl>"
  }
}
