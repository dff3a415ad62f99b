import Journal
import Storage

/// What a run came to, at a glance.
struct Overview {
  private let runs: [Run]

  init(_ runs: [Run]) { self.runs = runs }

  /// Large figures for one run, a table for several, and what was found damaged.
  var markup: Markup {
    let complaints = runs.flatMap(\.history.complaints).map { complaint -> Markup in
      "<p class=\"warning\">\(complaint)</p>"
    }
    return "\(complaints)\(runs.count == 1 ? single(runs[0]) : table)"
  }

  private func single(_ run: Run) -> Markup {
    let facts = Facts(run)
    let tiles = facts.figures.map { figure -> Markup in
      """
      <div class="tile"><dt>\(figure.name)</dt><dd>\(figure.value)</dd>\
      <dd class="remark">\(figure.remark)</dd></div>
      """
    }
    return "<p class=\"lead\">\(facts.sentence)</p><dl class=\"tiles\">\(tiles)</dl>"
  }

  private var table: Markup {
    let facts = runs.map(Facts.init)
    var names: [String] = []
    for name in facts.flatMap({ $0.figures.map(\.name) }) where !names.contains(name) {
      names.append(name)
    }
    let heads = names.map { name -> Markup in "<th scope=\"col\">\(name)</th>" }
    let rows = zip(runs, facts).map { run, facts -> Markup in
      let cells = names.map { name -> Markup in
        "<td>\(facts.figures.first { $0.name == name }?.value ?? "–")</td>"
      }
      return """
        <tr><th scope="row">\(run.label)<span class="remark">\(facts.sentence)</span></th>\(cells)</tr>
        """
    }
    return """
      <div class="scroll" tabindex="0"><table class="runs">
      <thead><tr><th scope="col">Run</th>\(heads)</tr></thead>
      <tbody>\(rows)</tbody>
      </table></div>
      """
  }
}

/// What a run is and what it came to.
private struct Facts {
  struct Figure {
    let name: String
    let value: String
    let remark: String
  }

  let sentence: String
  let figures: [Figure]

  init(_ run: Run) {
    let plan = PlanOutline(run.history.plan ?? "")
    sentence = Self.sentence(of: plan)
    figures = Self.quality(of: run) + Self.length(of: run) + Self.speed(of: run)
  }

  private static func sentence(of plan: PlanOutline) -> String {
    let network = plan.value(of: "network.name") ?? "A network"
    let data = plan.value(of: "data.folder").map { " on \($0)" } ?? ""
    let batch = plan.value(of: "batch.global").map { ", batch \($0)" } ?? ""
    let optimizer = plan.value(of: "optimizer.name").map { ", \($0)" } ?? ""
    let rate = plan.value(of: "optimizer.lr").map { " at \($0)" } ?? ""
    let schedule = plan.value(of: "schedule.name").map { ", \($0)" } ?? ""
    let seed = plan.value(of: "seed").map { ", seed \($0)" } ?? ""
    return network + data + batch + optimizer + rate + schedule + seed
  }

  private static func quality(of run: Run) -> [Figure] {
    run.lastEvaluations.flatMap { event -> [Figure] in
      let split = event.split ?? ""
      let samples = event.samples.map { "of \(Figures.thousands($0)) samples" } ?? ""
      return [
        Figure(
          name: "\(split) accuracy", value: event.accuracy.map { Figures.percent($0) } ?? "–",
          remark: samples),
        Figure(
          name: "\(split) loss", value: event.loss.map(Figures.number) ?? "–",
          remark: "after step \(Figures.thousands(event.step ?? 0))"),
      ]
    }
  }

  private static func length(of run: Run) -> [Figure] {
    let epochs = run.events.compactMap(\.epoch).max()
    let sessions = Session.sessions(in: run.history.lines).count
    return [
      Figure(
        name: "steps", value: Figures.thousands(run.stepsDone),
        remark: epochs.map { "\(fixed($0, 1)) epochs" } ?? ""),
      Figure(
        name: "time", value: Figures.time(run.secondsAtWork),
        remark: sessions > 1 ? "in \(sessions) starts" : "in one start"),
    ]
  }

  private static func speed(of run: Run) -> [Figure] {
    let measured =
      run.end?.imagesPerSecond ?? run.steps.last?.imagesPerSecond
    guard let measured, measured.isFinite else { return [] }
    let ranks = (run.end ?? run.start)?.ranks
    return [
      Figure(
        name: "images per second", value: Figures.number(measured),
        remark: ranks.map { "on \(counted($0, "rank"))" } ?? "")
    ]
  }
}
