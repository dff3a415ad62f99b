import Foundation
import Launching
import Testing

extension Runs {
  @Suite struct Watching {
    /// A line of metrics.jsonl, as far as it is of interest here.
    struct Line: Decodable, Hashable {
      struct Mistake: Decodable, Hashable {
        let sample: Int
        let label: Int
        let predicted: Int
        let confidence: Double
        let image: String
      }

      let event: String
      let split: String?
      let samples: Int?
      let accuracy: Double?
      let classes: [String]?
      let matrix: [[Int]]?
      let mistakes: [Mistake]?
    }

    static func lines(of trial: Trial, run: String) throws -> [Line] {
      let file = trial.folder.appending(path: "\(run)/metrics.jsonl")
      return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
        try JSONDecoder().decode(Line.self, from: Data($0.utf8))
      }
    }

    @Test func `a terminal has one line that changes, a pipe plain lines`() throws {
      try withTemporaryFolder { folder in
        let plan = usualPlan(data: try Material.sample.get()) + "\nrun: {log: 1}"
        let trial = try Trial(plan, in: folder)
        let piped = try trial.train(ranks: 2, run: "piped", "--set", "steps=4").output
        #expect(!piped.contains("\u{1B}") && !piped.contains("\r"))
        #expect(piped.split(separator: "\n").count { $0.hasPrefix("step ") } >= 4)

        var command = trial.training(ranks: 2, run: "shown", ["--set", "steps=4"])
        let words = command.words.map { "'\($0)'" }.joined(separator: " ")
        command.words = [
          "env", "TERM=xterm", "script", "-qec", "stty cols 120; \(words)", "/dev/null",
        ]
        let outcome = try command.run()
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        let shown = outcome.output
        #expect(shown.contains("\r\u{1B}[K█"), "a bar")
        #expect(shown.contains("step 4/4  0:00 left  epoch "))
        #expect(shown.contains("\r\u{1B}[Kstep 4/4  test: "), "a line above the one that changes")
        #expect(shown.contains("\nfinished: 4 steps"))
        #expect(!shown.contains("s left\r\n"), "no plain line of progress")
      }
    }

    @Test func `the end tells which classes were taken for which, the same on any number of ranks`()
      throws
    {
      try withTemporaryFolder { folder in
        let trial = try Trial(
          usualPlan(data: try Material.sample.get()) + "\nrun: {log: 0}", in: folder)
        var findings: [Set<Line>] = []
        for ranks in [1, 3] {
          try trial.train(ranks: ranks, run: "\(ranks)", "--set", "steps=6")
          let lines = try Self.lines(of: trial, run: "\(ranks)")
          let found = lines.filter { $0.event == "confusion" }
          for line in found {
            let evaluation = lines.last { $0.event == "evaluation" && $0.split == line.split }
            try check(line, evaluation, in: trial.folder.appending(path: "\(ranks)"))
          }
          findings.append(Set(found))
        }
        #expect(findings[0] == findings[1] && !findings[0].isEmpty)
        #expect(try pictures(in: trial, "1") == pictures(in: trial, "3"))
      }
    }

    /// A trace event, as far as it is of interest here.
    struct TraceEvent: Decodable {
      let ph: String
      let name: String
      let pid: Int
      let ts: Double?
      let dur: Double?

      var begin: Double { ts ?? 0 }
      var end: Double { begin + (dur ?? 0) }
    }

    private struct Trace: Decodable {
      let traceEvents: [TraceEvent]
    }

    @Test func `a timeline has every rank's steps, with their phases in them one after the other`()
      throws
    {
      try withTemporaryFolder { folder in
        let trial = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        try trial.train(ranks: 3, run: "plain")
        let outcome = try trial.train(ranks: 3, run: "run", "--timeline", "trace.json")
        #expect(outcome.output.contains("timeline: trace.json"))
        #expect(trial.hash("run", step: 4) == trial.hash("plain", step: 4))
        let file = try Data(contentsOf: folder.appending(path: "trace.json"))
        let events = try JSONDecoder().decode(Trace.self, from: file).traceEvents
        #expect(Set(events.map(\.pid)) == [0, 1, 2])
        for rank in 0..<3 { check(events.filter { $0.pid == rank && $0.ph == "X" }) }
        // The root's clock is that of all: their steps overlap.
        let second = events.filter { $0.name == "step 2" }
        let (latest, earliest) = (second.map(\.begin).max() ?? 1, second.map(\.end).min() ?? 0)
        #expect(second.count == 3 && latest < earliest)
      }
    }

    /// Checks one rank's track.
    private func check(_ track: [TraceEvent]) {
      let steps = track.filter { $0.name.hasPrefix("step ") }
      #expect(steps.map(\.name) == (1...4).map { "step \($0)" })
      let phases = track.filter { !$0.name.hasPrefix("step ") }
      // Microseconds are written with three digits: sums of them are off by less than a tenth of one.
      let tolerance = 1e-4
      for (one, next) in zip(phases, phases.dropFirst()) {
        #expect(one.end <= next.begin + tolerance, "\(one) and \(next)")
      }
      for step in steps {
        let inside = phases.filter {
          $0.begin >= step.begin - tolerance && $0.end <= step.end + tolerance
        }
        let names = Set(inside.map(\.name))
        #expect(names.isSuperset(of: ["reading", "forward", "backward", "reducing", "waiting"]))
        #expect(names.isSuperset(of: ["updating", "publishing"]))
      }
      let inSteps = phases.filter { phase in
        steps.contains { $0.begin - tolerance <= phase.begin && phase.end <= $0.end + tolerance }
      }
      #expect(inSteps.count == phases.count)
      // A save meets the other ranks, and goes on.
      #expect(Array(phases.map(\.name).suffix(3)) == ["saving", "waiting", "saving"])
    }

    @Test func `a timeline that cannot be written is told before the first step`() throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        let outcome = try trial.training(
          ranks: 2, run: "run", ["--timeline", "nowhere/trace.json"]
        ).run()
        #expect(outcome.status == 74 && outcome.errorLines.count == 1, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("trainer: cannot create nowhere/trace.json: "))
        #expect(!outcome.output.contains("step 1"))
      }
    }

    private func check(_ line: Line, _ evaluation: Line?, in run: URL) throws {
      let matrix = try #require(line.matrix)
      let evaluation = try #require(evaluation)
      let correct = matrix.indices.reduce(0) { $0 + matrix[$1][$1] }
      let samples = matrix.joined().reduce(0, +)
      #expect(line.classes?.count == matrix.count && samples == evaluation.samples)
      #expect(evaluation.accuracy == Double(correct) / Double(samples))
      let mistakes = try #require(line.mistakes)
      #expect(mistakes.count == min(24, samples - correct))
      #expect(mistakes.map(\.confidence) == mistakes.map(\.confidence).sorted(by: >))
      for mistake in mistakes {
        #expect(mistake.label != mistake.predicted && (0...1).contains(mistake.confidence))
        let picture = try Data(contentsOf: run.appending(path: mistake.image))
        #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
      }
    }

    private func pictures(in trial: Trial, _ run: String) throws -> [String: Data] {
      let folder = trial.folder.appending(path: "\(run)/mistakes")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      return try Dictionary(
        uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
    }
  }
}
