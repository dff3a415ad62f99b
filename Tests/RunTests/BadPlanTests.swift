import Foundation
import Launching
import Testing

extension Runs {
  @Suite struct `A plan that is wrong` {
    static let files = [
      Mistake("no such file", ["nowhere.yaml"], 66, "nowhere.yaml", "No such file"),
      Mistake("a folder", ["."], 66, "directory"),
      Mistake("no YAML", plan: "network: [", 64, "plan.yaml is no YAML"),
      Mistake("an empty file", plan: "", 64, "plan.yaml is no plan"),
      Mistake("a text", plan: "just text", 64, "plan.yaml is no plan"),
      Mistake("no data", plan: "network: lenet", 66, "no data", "launch/quickstart", "--data"),
      Mistake("no network", plan: "data: nowhere", 64, "network", "missing"),
      Mistake(
        "an unknown section", plan: "network: lenet\ndata: x\noptimiser: {}", 64, "optimiser",
        "mean optimizer?"),
    ]

    static let names = [
      Mistake(set: "schedule.warmpu=3", 64, "schedule.warmpu", "mean warmup?"),
      Mistake(set: "network=lenett", 64, "lenett", "mean lenet?"),
      Mistake(set: "optimizer=sdg", 64, "optimizer.name", "sdg", "mean sgd?"),
      Mistake(set: "loss.name=cross_entopy", 64, "mean cross_entropy?"),
      Mistake(set: "schedule.name=cosin", 64, "mean cosine?"),
      Mistake(set: "network={layers: [{layer: conv3d}]}", 64, "layer 1", "mean conv2d?"),
      Mistake(set: "network={layers: [{layer: dense, output: 3}]}", 64, "mean outputs?"),
      Mistake(set: "network={layers: [flatten, {layer: dense, outputs: 7}]}", 64, "10 classes"),
      Mistake(set: "groups=[{match: conv9}]", 64, "conv9", "mean conv"),
      Mistake(set: "network=resnet18", 64, "32×32", "28×28×1"),
    ]

    static let values = [
      Mistake(set: "batch", 64, "--set key.path=value"),
      Mistake(set: "=3", 64, "--set key.path=value"),
      Mistake(set: "batch.global=[", 64, "no YAML"),
      Mistake(set: "batch=7", 64, "batch", "mapping"),
      Mistake(set: "batch.global=many", 64, "batch.global", "whole number"),
      Mistake(set: "batch.global=50", 64, "--set batch.micro=2"),
      Mistake(set: "batch.global=0", 64, "batch.global", "is 0"),
      Mistake(set: "batch.global=4611686018427387904", 64, "batch.global"),
      Mistake(set: "batch.micro=-4", 64, "batch.micro", "is -4"),
      Mistake(set: "optimizer.lr=-1", 64, "optimizer.lr", "is -1"),
      Mistake(set: "optimizer.lr=.inf", 64, "optimizer.lr", "finite"),
      Mistake(set: "update.clip=.inf", 64, "update.clip", "finite"),
      Mistake(set: "loss.class_weights=[.nan]", 64, "loss.class_weights", "finite"),
      Mistake(set: "steps=0", 64, "steps", "is 0"),
      Mistake(set: "epochs=2", 64, "steps and epochs"),
      Mistake(set: "seed=-1", 64, "seed", "whole number"),
      Mistake(set: "evaluation.every=1e300 epochs", 64, "evaluation.every"),
      Mistake(set: "run.log=9223372036854775807", 64, "run.log"),
      Mistake(set: "checkpoint.keep=0", 64, "checkpoint.keep"),
      Mistake(set: "network.dropout=1", 64, "network.dropout"),
      Mistake(set: "data.validation=1800", 64, "data.validation", "1800 training samples"),
    ]

    static let usage = [
      Mistake("an unknown option", ["plan.yaml", "--foo"], 64, "--foo"),
      Mistake("an unknown policy", ["plan.yaml", "--resume", "sometimes"], 64, "sometimes"),
      Mistake("no steps", ["plan.yaml", "--stop-after", "0"], 64, "--stop-after"),
    ]

    @Test(arguments: files + names + values + usage, [1, 8])
    func `gets one line that says so, and the right status`(mistake: Mistake, ranks: Int) throws {
      try withTemporaryFolder { folder in
        let plan = try mistake.plan ?? usualPlan(data: Material.sample.get())
        let trial = try Trial(plan, in: folder)
        let outcome = try trial.trainer(ranks: ranks, mistake.arguments + ["--run", "run"]).run()
        mistake.expect(outcome, ranks: ranks)
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "run").path))
      }
    }

    @Test func `more ranks than micro-batches are told the size that suits them, and it does`()
      throws
    {
      try withTemporaryFolder { folder in
        let trial = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        let advice = "--set batch.micro=3"
        Mistake(64, "13 ranks", "12 micro-batches", advice)
          .expect(try trial.training(ranks: 13, run: "run").run(), ranks: 13)
        Mistake(64, "49 ranks", "at most 48")
          .expect(try trial.training(ranks: 49, run: "run").run(), ranks: 49)
        try trial.train(ranks: 13, run: "run", "--set", "batch.micro=3")
      }
    }

    @Test(arguments: [1, 8])
    func `a loss that is no number ends all ranks, with the step and the micro-batch`(
      ranks: Int
    ) throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        let outcome = try trial.training(
          ranks: ranks, run: "run",
          ["--set", "optimizer.lr=1e30", "--set", "checkpoint.every=1"]
        ).run()
        Mistake(65, "step 2:", "micro-batch 0", "optimizer.lr")
          .expect(outcome, ranks: ranks)
        let kept = try FileManager.default.contentsOfDirectory(
          atPath: folder.appending(path: "run/checkpoints").path)
        #expect(kept.sorted() == ["step-00000001.h5", "step-00000001.h5.sha256"])
      }
    }
  }
}
