import Foundation
import Launching
import Testing

/// A plan whose last checkpoint must be the same bytes however it is trained.
struct Subject: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let network: String
  let data: Result<String, any Error>
  let steps: Int

  /// Batch 48 in 12 micro-batches: no power of two, and no multiple of 5 or 8 ranks.
  func plan() throws -> String {
    """
    network: \(network)
    data: \(try data.get())
    steps: \(steps)
    batch: {global: 48, micro: 4}
    evaluation: {every: 0}
    checkpoint: {every: 0}
    run: {log: 10}
    """
  }

  /// With dropout, over five ends of an epoch.
  static let leNet = Subject(
    testDescription: "LeNet with dropout, 200 steps", network: "{name: lenet, dropout: 0.5}",
    data: Material.sample, steps: 200)
  /// With batch norm.
  static let resNet = Subject(
    testDescription: "ResNet-20, 40 steps", network: "resnet20", data: Material.cifar, steps: 40)
}

extension Runs {
  @Suite struct `One hash` {
    @Test(arguments: [Subject.leNet, .resNet])
    func `any number of ranks, either transport, and a run moved half-way end in the same bytes`(
      subject: Subject
    ) throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(try subject.plan(), in: folder)
        let steps = subject.steps
        try trial.train(ranks: 1, run: "1")
        let expected = trial.hash("1", step: steps)
        for ranks in [2, 3, 5, 8] {
          try trial.train(ranks: ranks, run: "\(ranks)")
          #expect(trial.hash("\(ranks)", step: steps) == expected, "\(ranks) ranks")
        }
        try trial.train(ranks: 5, run: "messages", "--set", "run.transport=messages")
        #expect(trial.hash("messages", step: steps) == expected, "messages")

        for reading in ["ahead", "inline"] {
          try trial.train(ranks: 2, run: reading, "--set", "run.reading=\(reading)")
          #expect(trial.hash(reading, step: steps) == expected, "\(reading)")
        }

        try trial.train(ranks: 8, run: "moved", "--stop-after", "\(steps / 3)")
        let resumed = try trial.train(ranks: 3, run: "moved")
        #expect(resumed.output.contains("resuming after step \(steps / 3)\n"))
        #expect(trial.hash("moved", step: steps) == expected, "8 ranks, then 3")
      }
    }
  }
}
