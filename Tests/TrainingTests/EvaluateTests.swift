import Foundation
import Launching
import Testing

/// What `trainer evaluate` says of a checkpoint, against what the run itself said.
struct EvaluateTests {
  private struct Result: Decodable, Equatable {
    let samples: Int
    let accuracy: Double
    let loss: Double
  }

  /// Batch norm's running statistics belong to the average, and live in the checkpoint with it.
  @Test func `the average of a network with batch norm is judged the same, resumed and saved`()
    throws
  {
    try withTemporaryFolder { folder in
      try Data(plan.utf8).write(to: folder.appending(path: "plan.yaml"))
      func start(_ program: String, _ arguments: String...) throws -> Outcome {
        let outcome = try Command(program, ranks: nil, arguments, in: folder).run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome
      }
      _ = try start(
        "sharder", "create", package.appending(path: "datasets/sample").path, "--output", "data")
      _ = try start("trainer", "plan.yaml", "--run", "whole")
      _ = try start("trainer", "plan.yaml", "--run", "parts", "--stop-after", "5")
      _ = try start("trainer", "plan.yaml", "--run", "parts")
      let whole = try lastEvaluation(folder.appending(path: "whole/metrics.jsonl"))
      #expect(try lastEvaluation(folder.appending(path: "parts/metrics.jsonl")) == whole)
      let judged = try start(
        "trainer", "evaluate", "--checkpoint", "whole/checkpoints/step-00000012.h5", "--data",
        "data", "--json")
      #expect(try JSONDecoder().decode(Result.self, from: Data(judged.output.utf8)) == whole)
    }
  }

  private let plan = """
    network:
      layers:
        - {layer: conv2d, channels: 4, kernel: 3, stride: 2}
        - batch_norm
        - global_average_pool2d
        - {layer: dense, outputs: 10}
    data: data
    steps: 12
    batch: {global: 32, micro: 16}
    update: {average: 0.9}
    """

  private func lastEvaluation(_ metrics: URL) throws -> Result {
    let lines = try String(contentsOf: metrics, encoding: .utf8).split(separator: "\n")
    let last = try #require(lines.last { $0.contains("\"evaluation\"") })
    return try JSONDecoder().decode(Result.self, from: Data(last.utf8))
  }
}
