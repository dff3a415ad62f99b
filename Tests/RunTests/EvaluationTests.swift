import Foundation
import Launching
import Testing

extension Runs {
  @Suite struct Evaluation {
    /// What an evaluation says, to the last digit.
    struct Result: Decodable, Hashable {
      let samples: Int
      let accuracy: Double
      let loss: Double
      let split: String?
      let event: String?
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
          results += try metrics(of: trial, run: "\(ranks)").filter { $0.event == "evaluation" }
          let checkpoint = trial.checkpoint("1", step: 12).path
          let outcome = try trial.trainer(
            ranks: ranks, ["evaluate", "--checkpoint", checkpoint, "--data", data, "--json"]
          ).run()
          #expect(outcome.status == 0, "\(outcome.errors)")
          results.append(try JSONDecoder().decode(Result.self, from: Data(outcome.output.utf8)))
        }
        #expect(results.count == 6)
        #expect(results.allSatisfy { $0.samples == 10_000 && $0.split == "test" })
        #expect(Set(results.map(\.loss)).count == 1 && Set(results.map(\.accuracy)).count == 1)
      }
    }

    private func metrics(of trial: Trial, run: String) throws -> [Result] {
      let file = trial.folder.appending(path: "\(run)/metrics.jsonl")
      return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap {
        try? JSONDecoder().decode(Result.self, from: Data($0.utf8))
      }
    }
  }
}
