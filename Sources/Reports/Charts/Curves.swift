import Journal

/// How loss, accuracy, rate and speed went.
struct Curves {
  private let runs: [Run]

  init(_ runs: [Run]) { self.runs = runs }

  /// All charts.
  var markup: Markup {
    let charts = [
      Chart("Loss", .number, series(\.loss)),
      Chart("Accuracy", .percent, series(\.accuracy)),
      Chart("Learning rate", .number, from: 0, training(.plain, \.rate)),
      Chart("Images per second", .number, from: 0, training(.noisy, \.imagesPerSecond)),
      Chart("Norm of the gradient", .number, from: 0, training(.noisy, \.gradientNorm)),
    ].compactMap(\.markup)
    guard !charts.isEmpty else {
      return """
        <section id="curves"><p class="none">No step was written down: the run is too young, or \
        <code>run.log</code> is 0.</p></section>
        """
    }
    return "<section id=\"curves\"><h2>Curves</h2><div class=\"charts\">\(charts)</div></section>"
  }

  /// A figure of training and of evaluations.
  private func series(_ figure: KeyPath<Event, Double?>) -> [Series] {
    training(.noisy, figure)
      + runs.flatMap { run in
        run.splits.map { split in
          Series(
            run.isAlone ? split : "\(run.name) · \(split)",
            color: run.isAlone ? Self.color(of: split) : Self.color(of: run, on: split), .dotted,
            run.evaluations(on: split).map { ($0.step, $0[keyPath: figure]) })
        }
      }
  }

  /// A figure of training.
  private func training(_ style: Series.Style, _ figure: KeyPath<Event, Double?>) -> [Series] {
    runs.map { run in
      Series(
        run.isAlone ? "training" : run.name, color: run.color, style,
        run.steps.map { ($0.step, $0[keyPath: figure]) })
    }
  }

  /// With several runs, colours tell runs apart, and dashes sets of samples.
  private static func color(of run: Run, on split: String) -> String {
    split == run.splits.first ? run.color : run.color + " second"
  }

  /// With one run, colours tell sets of samples apart.
  private static func color(of split: String) -> String { split == "test" ? "run-1" : "run-2" }
}
