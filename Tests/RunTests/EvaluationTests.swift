import Foundation
import Launching
import Testing

extension Runs {
  @Suite struct Evaluation {
    /// What an evaluation says, to the last digit.
    struct Result: Decodable, Hashable {
      let samples: Int
      let accuracy: Double
      let top5: Double
      let loss: Double
      let split: String
      let confusion: [[Int]]?
      let mistakes: [Mistake]?
    }

    struct Mistake: Decodable, Hashable {
      let sample: Int
      let label: Int
      let predicted: Int
      let confidence: Double
    }

    /// Micro-batches of 12 do not divide 10 000 samples.
    @Test func `10 000 samples are counted once, with the same digits on any number of ranks`()
      throws
    {
      try withTemporaryFolder { folder in
        let data = try Material.tenThousand.get()
        let trial = try Trial(
          """
          network: lenet
          data: \(data)
          steps: 12
          batch: {global: 96, micro: 12}
          evaluation: {every: 0}
          """, in: folder)
        var results: [Result] = []
        for ranks in [1, 3, 8] {
          try trial.train(ranks: ranks, run: "\(ranks)")
          results += try metrics(of: trial, run: "\(ranks)", "evaluation")
          let checkpoint = trial.checkpoint("1", step: 12).path
          let outcome = try trial.trainer(
            ranks: ranks, ["evaluate", "--checkpoint", checkpoint, "--data", data, "--json"]
          ).run()
          #expect(outcome.status == 0, "\(outcome.errors)")
          results.append(try JSONDecoder().decode(Result.self, from: Data(outcome.output.utf8)))
        }
        #expect(results.count == 6)
        try expectViewsJudgedAlike(trial, data)
        #expect(results.allSatisfy { $0.samples == 10_000 && $0.split == "test" })
        // Of the event `evaluation` there are no more than these.
        #expect(Set(results.map { [$0.loss, $0.accuracy, $0.top5] }).count == 1)
        let whole = results.filter { $0.confusion != nil }
        #expect(whole.count == 3 && Set(whole).count == 1)
        try expectSound(try #require(whole.first))
      }
    }

    /// Mirror images are judged with the image, with the same digits on any number of ranks; crops
    /// of images that are not cropped are refused by all ranks.
    private func expectViewsJudgedAlike(_ trial: Trial, _ data: String) throws {
      let checkpoint = trial.checkpoint("1", step: 12).path
      let command = ["evaluate", "--checkpoint", checkpoint, "--data", data, "--json", "--views"]
      let results = try [1, 3].map { ranks in
        let outcome = try trial.trainer(ranks: ranks, command + ["flip"]).run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try JSONDecoder().decode(Result.self, from: Data(outcome.output.utf8))
      }
      #expect(results[0] == results[1] && results[0].samples == 10_000)
      let refused = try trial.trainer(ranks: 3, command + ["ten_crop"]).run()
      #expect(refused.status == 64, "\(refused.errors)")
      #expect(refused.errorLines.count == 1 && refused.errors.contains("CenterCrop"))
    }

    /// Counts, accuracy and mistakes of an evaluation fit each other.
    private func expectSound(_ result: Result) throws {
      let confusion = try #require(result.confusion)
      #expect(confusion.map { $0.reduce(0, +) }.reduce(0, +) == 10_000)
      let correct = confusion.indices.map { confusion[$0][$0] }.reduce(0, +)
      #expect(Double(correct) / 10_000 == result.accuracy)
      #expect(result.top5 > result.accuracy && result.top5 <= 1)
      let mistakes = try #require(result.mistakes)
      #expect(mistakes.count == 24 && Set(mistakes.map(\.sample)).count == 24)
      for (mistake, next) in zip(mistakes, mistakes.dropFirst()) {
        #expect(mistake.confidence >= next.confidence)
      }
      for mistake in mistakes {
        #expect(mistake.predicted != mistake.label)
        #expect(mistake.confidence > 0.1 && mistake.confidence <= 1)
      }
    }

    private func metrics(of trial: Trial, run: String, _ event: String) throws -> [Result] {
      let file = trial.folder.appending(path: "\(run)/metrics.jsonl")
      return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter {
        $0.contains("\"event\":\"\(event)\"")
      }.map {
        try JSONDecoder().decode(Result.self, from: Data($0.utf8))
      }
    }
  }
}
