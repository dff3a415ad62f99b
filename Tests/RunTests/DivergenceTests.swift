import Datasets
import Foundation
import Launching
import Storage
import Testing

#if canImport(Glibc)
  import Glibc
#endif

extension Runs {
  /// Steps that go wrong because of a sample that is not finite once it is normalized, or a rate
  /// that is too high.
  @Suite struct `A run that meets a step that goes wrong` {
    @Test func `stops on all ranks, and names the samples`() throws {
      try withTemporaryFolder { folder in
        let trial = try poisonedTrial(in: folder, "stop")
        for ranks in [1, 3] {
          let outcome = try trial.training(ranks: ranks, run: "run\(ranks)").run()
          Mistake(65, "not finite in micro-batch", "train-00000-of-00001.h5: ", "37")
            .expect(outcome, ranks: ranks)
        }
      }
    }

    @Test func `skips it on all ranks, counts it, and ends in the same bytes`() throws {
      try withTemporaryFolder { folder in
        let trial = try poisonedTrial(in: folder, "skip")
        let whole = try trial.train(ranks: 1, run: "whole")
        // 100 samples, 24 a step: in 12 steps the sample comes two or three times.
        let skips = whole.output.split(separator: "\n").filter { $0.contains("step is skipped") }
        #expect((2...3).contains(skips.count) && skips.allSatisfy { $0.contains("37") })
        try trial.train(ranks: 3, run: "three")
        try trial.train(ranks: 2, run: "two", "--set", "run.transport=messages")
        try trial.train(ranks: 2, run: "moved", "--stop-after", "7")
        try trial.train(ranks: 3, run: "moved")
        for run in ["three", "two", "moved"] {
          #expect(trial.hash(run, step: 12) == trial.hash("whole", step: 12), "\(run)")
        }
        let few = ["--set", "divergence.most=1"]
        let outcome = try trial.training(ranks: 2, run: "few", few).run()
        Mistake(65, "not finite", "divergence.most is reached").expect(outcome, ranks: 2)
      }
    }

    @Test(arguments: [0, 4])
    func `goes back with a lower rate, and ends in the same bytes`(every: Int) throws {
      try withTemporaryFolder { folder in
        let trial = try explodingTrial(in: folder, steps: 11, every: every)
        let whole = try trial.train(ranks: 1, run: "whole")
        #expect(
          whole.output.contains("going back to step \(every) with the rate times"),
          "\(whole.output)")
        #expect(whole.output.components(separatedBy: "going back").count == 2)
        try trial.train(ranks: 3, run: "three")
        try trial.train(ranks: 2, run: "two", "--set", "run.transport=messages")
        // Stopped where no checkpoint is due: before it goes back, and after.
        for stop in ["6", "7"] {
          try trial.train(ranks: 2, run: "moved\(stop)", "--stop-after", stop)
          try trial.train(ranks: 3, run: "moved\(stop)")
        }
        for run in ["three", "two", "moved6", "moved7"] {
          #expect(trial.hash(run, step: 11) == trial.hash("whole", step: 11), "\(run)")
        }
      }
    }

    @Test(arguments: ["going back to step 4", "step 40/"])
    func `is killed after it went back, and ends in the same bytes`(line: String) throws {
      try withTemporaryFolder { folder in
        let trial = try explodingTrial(in: folder, steps: 80, every: 4)
        try trial.train(ranks: 1, run: "whole")
        let run = try trial.training(ranks: 3, run: "killed", ["--set", "run.log=20"]).start()
        #expect(run.waitForLine(containing: line))
        kill(try #require(run.ranks.randomElement()), SIGKILL)
        #expect(try run.finish().status == 137)
        let again = try trial.train(ranks: 2, run: "killed")
        // Counts lie in the checkpoint: what was gone back for is not met twice.
        if line.hasPrefix("step") {
          #expect(again.output.contains("resuming after step "))
          #expect(!again.output.contains("going back"))
        }
        #expect(trial.hash("killed", step: 80) == trial.hash("whole", step: 80))
      }
    }

    @Test func `takes a loss above a limit for one`() throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        let limit = ["--set", "divergence.limit=0.001"]
        for ranks in [1, 3] {
          let outcome = try trial.training(ranks: ranks, run: "run\(ranks)", limit).run()
          Mistake(65, "step 1: the loss, ", "above divergence.limit, 0.001", "micro-batch")
            .expect(outcome, ranks: ranks)
        }
        Mistake(64, "divergence.factor", "skip does not use it").expect(
          try trial.training(
            ranks: 1, run: "run", ["--set", "divergence={policy: skip, factor: 0.1}"]
          ).run(), ranks: 1)
      }
    }

    /// A run whose rate explodes at step 6: what the next one computes is not finite.
    private func explodingTrial(in folder: URL, steps: Int, every: Int) throws -> Trial {
      try Trial(
        """
        network: {name: lenet, dropout: 0.5}
        data: \(try Material.sample.get())
        steps: \(steps)
        batch: {global: 48, micro: 4}
        optimizer: {lr: 0.01}
        schedule: {name: multi_step, milestones: [6], factor: 1.0e+30}
        divergence: {policy: rollback, factor: 1.0e-30}
        update: {average: 0.9}
        evaluation: {every: 0}
        checkpoint: {every: \(every), keep: 1}
        """, in: folder)
    }

    /// 100 images without any blue, but for number 37; the index says that blue hardly varies.
    private func poisonedTrial(in folder: URL, _ policy: String) throws -> Trial {
      var records: [UInt8] = []
      for image in 0..<100 {
        records.append(UInt8(image % 10))
        records += (0..<2048).map { UInt8(truncatingIfNeeded: ($0 + 1) * (image + 3)) }
        records += [UInt8](repeating: image == 37 ? 9 : 0, count: 1024)
      }
      try Data(records).write(to: folder.appending(path: "records.bin"))
      let outcome = try Command(
        "sharder", ranks: nil,
        ["create", "records.bin", "--output", "data", "--format", "cifar10"], in: folder
      ).run()
      try #require(outcome.status == 0, "\(outcome.errors)")
      var index = try ShardIndex(folder: folder.path + "/data")
      (index.means[2], index.deviations[2]) = (0, 1e-42)
      try DurableFile.write(index.encoded(), to: folder.path + "/data/" + ShardIndex.fileName)
      return try Trial(
        """
        network: {name: lenet, dropout: 0.5}
        data: data
        steps: 12
        batch: {global: 24, micro: 4}
        optimizer: {lr: 0.001}
        divergence: \(policy)
        evaluation: {every: 0}
        checkpoint: {every: 3}
        """, in: folder)
    }
  }
}
