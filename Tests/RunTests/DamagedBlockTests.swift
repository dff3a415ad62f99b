import Foundation
import HDF5
import Launching
import Storage
import Testing

extension Runs {
  @Suite struct `Data with a damaged block` {
    static let shard = "train-00000-of-00001.h5"

    /// The sample's data with a flipped bit in the training images from byte 400 000 on.
    private func damagedTrial(in folder: URL) throws -> Trial {
      let data = folder.appending(path: "data")
      try FileManager.default.copyItem(at: URL(filePath: try Material.sample.get()), to: data)
      let shard = data.appending(path: Self.shard)
      let images = try #require(
        try HDF5File(reading: shard.path).root.dataset("images").fileOffset)
      try rewrite(shard) { $0[images + 400_000] ^= 32 }
      return try Trial(
        """
        network: {name: lenet, dropout: 0.5}
        data: {folder: data, validation: 200}
        steps: 50
        batch: {global: 48, micro: 4}
        evaluation: {every: 25}
        checkpoint: {every: 10, keep: 9}
        """, in: folder)
    }

    @Test(arguments: [1, 3])
    func `end the run before a gradient is computed from it, and block and samples are named`(
      ranks: Int
    ) throws {
      try withTemporaryFolder { folder in
        let trial = try damagedTrial(in: folder)
        let outcome = try trial.training(ranks: ranks, run: "run").run()
        #expect(outcome.status == 65 && !outcome.errorLines.isEmpty, "\(outcome.errors)")
        for line in outcome.errorLines {
          // Image 510 of 784 bytes, in blocks of 83.
          #expect(line.contains("\(Self.shard): block 6 is damaged, samples 498 to 580"))
        }
      }
    }

    @Test func `are gone on without, in the same bits for any number of ranks`() throws {
      try withTemporaryFolder { folder in
        let trial = try damagedTrial(in: folder)
        let skip = ["--on-damaged", "skip"]
        let whole = try trial.training(ranks: 1, run: "one", skip).run()
        #expect(whole.status == 0 && whole.errors.isEmpty, "\(whole.errors)")
        let warnings = whole.output.split(separator: "\n").filter { $0.hasPrefix("warning") }
        #expect(warnings.count == 1 && warnings[0].contains("block 6 is damaged"), "\(warnings)")
        let hash = trial.hash("one", step: 50)
        for ranks in [3, 8] {
          let run = "\(ranks)"
          #expect(
            try trial.training(ranks: ranks, run: run, skip + ["--stop-after", "23"]).run().status
              == 0)
          #expect(try trial.training(ranks: 2, run: run, skip).run().status == 0)
          #expect(trial.hash(run, step: 50) == hash)
        }
        // What was left out is counted in the checkpoint.
        let file = try HDF5File(reading: trial.checkpoint("one", step: 50).path)
        let counts: [Double] = try file.root.dataset("control/left_out_of_block_6").read()
        #expect(counts.count == 1 && counts[0] > 50 && counts[0] < 200, "\(counts)")
        // Another policy is another recipe.
        Mistake(64, "onDamaged").expect(try trial.training(ranks: 2, run: "one").run(), ranks: 2)
      }
    }
  }
}
