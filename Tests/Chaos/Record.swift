import Foundation
import Storage

/// What a run has written of itself in `metrics.jsonl`.
struct Record {
  /// A line of it.
  struct Line: Decodable {
    let event: String
    let time: Double
    let step: Int?
  }

  let lines: [Line]

  init(of trial: Trial) {
    let text = (try? TextFile.read(trial.folder.path + "/run/metrics.jsonl")) ?? ""
    lines = text.split(separator: "\n").compactMap {
      try? JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }

  /// The steps done, as far as the run has told.
  var step: Int { lines.last { $0.event == "step" }?.step ?? 0 }

  /// What a blow at a moment has cost.
  func cost(ofBlowAt blow: Date) -> [Finding.Figure: Double] {
    let moment = blow.timeIntervalSince1970
    let before = lines.last { $0.time <= moment && $0.step != nil }?.step ?? 0
    guard let restart = lines.firstIndex(where: { $0.time > moment && $0.event == "start" }) else {
      return [:]
    }
    var figures = [Finding.Figure.lostSteps: Double(max(0, before - (lines[restart].step ?? 0)))]
    if let step = lines[restart...].first(where: { $0.event == "step" }) {
      figures[.recovery] = step.time - moment
    }
    return figures
  }
}
