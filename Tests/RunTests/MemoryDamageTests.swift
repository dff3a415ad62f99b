import Foundation
import HDF5
import Launching
import Storage
import Testing

#if canImport(Glibc)
  import Glibc
#endif

extension Runs {
  /// At a rate of 0 parameters stay what the first checkpoint says, and can be found in memory.
  @Suite struct `A run whose memory is changed from outside` {
    @Test(arguments: [("window", 1, 0), ("messages", 0, 0), ("messages", 1, 1)])
    func `ends on all ranks, saves nothing of it, and names rank and tensor`(
      transport: String, victim: Int, named: Int
    ) throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(
          """
          network: lenet
          data: \(try Material.sample.get())
          steps: 1000000
          batch: {global: 48, micro: 4}
          optimizer: {lr: 0, weight_decay: 0}
          evaluation: {every: 0}
          checkpoint: {every: 0}
          run: {log: 1, transport: \(transport)}
          """, in: folder)
        try trial.train(ranks: 2, run: "run", "--stop-after", "1")
        let file = try HDF5File(reading: trial.checkpoint("run", step: 1).path)
        // Not a bias: zeros are everywhere.
        let tensor = "conv1.weight"
        let weights: [Float] = try file.root.dataset("parameters/\(tensor)").read()
        let run = try trial.training(ranks: 2, run: "run").start()
        #expect(run.waitForLine(containing: "step 20/"))
        let ranks = run.ranks
        try #require(ranks.count == 2)
        // A copy may be published anew before it is looked at: what is damaged is so until it is found.
        var places = 0
        for _ in 0..<500 where kill(ranks[victim], 0) == 0 {
          places += RunningMemory(process: ranks[victim]).flipBit(
            where: Array(weights.prefix(16)), shared: transport == "window")
        }
        try #require(places > 0)
        let outcome = try run.finish()
        Mistake(75, "\(tensor) in the memory of rank \(named) on ", "not what was last written")
          .expect(outcome, ranks: 2)
        let again = try trial.train(ranks: 2, run: "run", "--stop-after", "2")
        #expect(again.output.contains("resuming after step 1\n"))
        try trial.train(ranks: 1, run: "whole", "--stop-after", "2")
        #expect(trial.hash("run", step: 2) == trial.hash("whole", step: 2))
      }
    }
  }
}
