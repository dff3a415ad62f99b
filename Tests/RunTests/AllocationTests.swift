import Foundation
import Launching
import Testing

extension Runs {
  /// The probe trains as `trainer` does, and notes its allocations at every collective call.
  @Suite struct Allocations {
    @Test(arguments: [
      ("{name: lenet, dropout: 0.5}", "sgd"), ("{name: lenet, dropout: 0.5}", "lamb"),
      ("resnet20", "sgd"), ("resnet20", "lamb"), ("mobilenet_v2", "sgd"),
    ])
    func `steps allocate nothing, through either transport, with either way of reading`(
      network: String, optimizer: String
    ) throws {
      // 100 samples: the end of an epoch comes every four or five steps.
      let steps = 20
      try withTemporaryFolder { folder in
        let trial = try Trial(
          """
          network: \(network)
          data: \(try Material.tiny.get())
          batch: {global: 24, micro: 4}
          optimizer: {name: \(optimizer), lr: 0.001}
          evaluation: {every: 0}
          checkpoint: {every: 0}
          run: {log: 0, verify: 1}
          """, in: folder)
        try trial.expectNoAllocations(steps: steps)
      }
    }
  }
}

extension Trial {
  /// What the probe counted on one rank.
  private struct Count: Equatable {
    let calls: Int
    let quiet: Int
  }

  /// Trains by the probe, either way of reading with another transport, and expects that no step
  /// but the first two allocates.
  func expectNoAllocations(steps: Int) throws {
    for (transport, reading) in [("window", "ahead"), ("messages", "inline")] {
      let once = try counts(steps, transport, reading)
      let twice = try counts(2 * steps, transport, reading)
      for (one, two) in zip(once, twice) {
        let callsOfStep = (two.calls - one.calls) / steps
        #expect(callsOfStep >= 2 && (two.calls - one.calls) % steps == 0)
        // All steps but the first two, which are no steady state yet.
        #expect(
          two.quiet >= (2 * steps - 2) * callsOfStep,
          "\(transport): \(two.quiet) of \(two.calls) calls, \(callsOfStep) a step")
      }
    }
  }

  private func counts(_ steps: Int, _ transport: String, _ reading: String) throws -> [Count] {
    let outcome = try Command(
      "allocation-probe", ranks: 2,
      [
        "plan.yaml", "\(transport)-\(steps)", "steps=\(steps)", "run.transport=\(transport)",
        "run.reading=\(reading)",
      ],
      in: folder
    ).run()
    try #require(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let counts = outcome.output.split(separator: "\n").compactMap { line -> Count? in
      let words = line.split(separator: " ")
      guard words.count == 4, words[0] == "calls" else { return nil }
      return Count(calls: Int(words[1]) ?? 0, quiet: Int(words[3]) ?? 0)
    }
    try #require(counts.count == 2, "\(outcome.output)")
    return counts
  }
}
