import Launching
import Testing

extension Runs {
  @Suite struct `Every optimizer` {
    /// An optimizer as a plan says it, and what else the plan says of updates.
    struct Update: CustomTestStringConvertible, Sendable {
      let testDescription: String
      let settings: String

      init(_ name: String, _ more: String = "") {
        testDescription = name
        settings = "optimizer: {name: \(name), lr: 0.01}\n\(more)"
      }
    }

    static let updates = [
      Update("sgd", "update: {clip: 0.5, average: 0.9}"), Update("adam"), Update("adamw"),
      Update("rmsprop"), Update("lars", "groups: [{match: conv2d_1, lr_factor: 0.1}]"),
      Update("lamb", "update: {average: 0.5}"),
    ]

    @Test(arguments: updates)
    func `ranks, transports and resuming change nothing`(update: Update) throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(
          """
          network:
            layers: [{layer: conv2d, channels: 16, kernel: 5, stride: 3}, batch_norm, relu,
              {layer: conv2d, channels: 48, kernel: 3, bias: false}, batch_norm, relu,
              global_average_pool2d, {layer: dropout, rate: 0.2}, {layer: dense, outputs: 10}]
          data: \(try Material.sample.get())
          steps: 8
          batch: {global: 48, micro: 4}
          evaluation: {every: 0}
          checkpoint: {every: 0}
          \(update.settings)
          """, in: folder)
        try trial.train(ranks: 1, run: "1")
        try trial.train(ranks: 3, run: "3")
        try trial.train(ranks: 3, run: "messages", "--set", "run.transport=messages")
        try trial.train(ranks: 5, run: "moved", "--stop-after", "3")
        try trial.train(ranks: 2, run: "moved", "--set", "run.transport=messages")
        for run in ["3", "messages", "moved"] {
          #expect(trial.hash(run, step: 8) == trial.hash("1", step: 8), "\(run)")
        }
      }
    }
  }
}
