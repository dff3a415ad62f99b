import Journal

/// The page: one file that needs nothing else, for any width, light or dark.
struct Page {
  private let runs: [Run]

  /// The page of some runs, in this order.
  init(_ histories: [RunHistory]) {
    runs = histories.enumerated().map { Run($1, number: $0, of: histories.count) }
  }

  /// The page's text.
  var text: String {
    let title = runs.map(\.name).joined(separator: ", ")
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy)" />
      <title>\(title) · Lockstep report</title>
      <style>
      \(Markup(trusted: Self.style))
      </style>
      </head>
      <body class="\(runs.count > 1 ? "several" : "single")">
      \(body)
      <script>
      \(Markup(trusted: Self.script))
      </script>
      </body>
      </html>

      """
    return page.text
  }

  private var body: Markup {
    """
    <header>
    <p class="kicker">Lockstep report</p>
    <h1>\(runs.count == 1 ? runs[0].name : "\(runs.count) runs side by side")</h1>
    \(Overview(runs).markup)
    </header>
    <main>
    \(Curves(runs).markup)
    \(sections)
    </main>
    <footer><p>Written by <code>trainer report</code> from the run folder alone.</p></footer>
    """
  }

  /// What is shown for each run; several runs stand side by side.
  private var sections: [Markup] {
    let outlines = PlanOutlines(runs.map { $0.history.plan ?? "" })
    return [
      section("Confusion", "confusion") { run in FindingsOfRun(run).confusion },
      section("Classes", "classes") { run in FindingsOfRun(run).classes },
      section("Most confident mistakes", "mistakes") { run in FindingsOfRun(run).mistakes },
      section("Timeline", "timeline") { run in RunTimeline(run).markup },
      section("Plan", "plan") { run in outlines.markup(of: run.number) },
      section("Environment", "environment") { run in EnvironmentList(run).markup },
    ]
  }

  private func section(_ title: String, _ name: String, _ body: (Run) -> Markup) -> Markup {
    let columns = runs.map { run -> Markup in
      let heading: Markup? = runs.count == 1 ? nil : "<h3 class=\"run\">\(run.label)</h3>"
      return "<div class=\"column\">\(heading)\(body(run))</div>"
    }
    return """
      <section id="\(name)"><h2>\(title)</h2>
      <div class="columns">\(columns)</div>
      </section>
      """
  }

  /// Nothing is loaded from anywhere; even hostile names could load nothing.
  private static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"

  private static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
  private static let script = String(decoding: PackageResources.page_js, as: UTF8.self)
}
