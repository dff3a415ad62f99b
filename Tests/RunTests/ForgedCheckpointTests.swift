import Foundation
import Launching
import Storage
import Testing

extension Runs {
  /// A checkpoint that says what no run can have decided, under a digest that holds.
  @Suite struct `A forged checkpoint` {
    @Test(arguments: [1e300, -1, 0.5, .nan])
    func `is named, and the one before is taken`(count: Double) throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(
          """
          network: lenet
          data: {folder: \(try Material.sample.get()), validation: 100}
          steps: 12
          batch: {global: 48, micro: 4}
          optimizer: {name: sgd, lr: 0}
          evaluation: {every: 4}
          checkpoint: {every: 4, best: true, keep: 9}
          """, in: folder)
        try trial.train(ranks: 1, run: "run", "--stop-after", "8")
        // At a rate of 0 no evaluation is better than the first, after 4 steps.
        try forge(4, as: count, in: trial.checkpoint("run", step: 8))
        let again = try trial.train(ranks: 2, run: "run")
        #expect(again.output.contains("step-00000008.h5: control/best_step is "))
        #expect(again.output.contains("must be a whole number from 0 to "))
        #expect(again.output.contains("resuming after step 4\n"))
        try trial.train(ranks: 1, run: "whole")
        #expect(trial.hash("run", step: 12) == trial.hash("whole", step: 12))
      }
    }

    /// Puts a number in the place of another, which must be in the file once, and the digest beside it.
    private func forge(_ number: Double, as other: Double, in file: URL) throws {
      func bytes(_ value: Double) -> Data { withUnsafeBytes(of: value) { Data($0) } }
      var content = try Data(contentsOf: file)
      let place = try #require(content.range(of: bytes(number)))
      #expect(content[place.upperBound...].range(of: bytes(number)) == nil)
      content.replaceSubrange(place, with: bytes(other))
      try DurableFile.writeWithDigest(Array(content).span.bytes, to: file.path)
    }
  }
}
