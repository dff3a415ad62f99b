import Foundation
import Launching
import Testing

extension Runs {
  @Suite struct `A dry run` {
    @Test(arguments: [1, 8])
    func `says what would happen, at each stage of a run, and writes nothing`(ranks: Int) throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        #expect(try dryRun(trial, ranks) == "dry run: would begin anew in run, for 4 steps")
        #expect(
          try dryRun(trial, ranks, "--stop-after", "3")
            == "dry run: would begin anew in run, for 3 steps")
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "run").path))

        try trial.train(ranks: 2, run: "run", "--stop-after", "2")
        let before = try contents(of: folder.appending(path: "run"))
        #expect(
          try dryRun(trial, ranks) == "dry run: would go on in run after step 2, for 2 steps")
        #expect(try contents(of: folder.appending(path: "run")) == before)

        try trial.train(ranks: 2, run: "run")
        #expect(
          try dryRun(trial, ranks)
            == "dry run: run is finished after 4 steps: nothing is left to train")
      }
    }

    static let mistakes = [
      Mistake(set: "optimizer=sdg", 64, "mean sgd?"),
      Mistake(set: "network=resnet18", 64, "32×32"),
      Mistake(set: "data=nowhere", 66, "nowhere", "sharder create"),
      Mistake(
        "a file for a folder", ["plan.yaml", "--run", "plan.yaml/run"], 74, "Not a directory"),
      Mistake(
        "another recipe's folder", ["plan.yaml", "--run", "other"], 64, "other", "seed 2",
        "--run"),
      Mistake(
        "a resume that is not to be",
        [
          "plan.yaml", "--set", "seed=2", "--run", "other",
          "--resume", "never",
        ], 64, "--resume is never"),
    ]

    @Test(arguments: mistakes, [1, 8])
    func `finds what a run would end with`(mistake: Mistake, ranks: Int) throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(usualPlan(data: try Material.sample.get()), in: folder)
        if mistake.arguments.contains("other") {
          try trial.train(ranks: 1, run: "other", "--set", "seed=2")
        }
        mistake.expect(
          try trial.trainer(ranks: ranks, ["train", "--dry-run"] + mistake.arguments).run(),
          ranks: ranks)
      }
    }

    @Test func `tells a run that is at work in the folder`() throws {
      try withTemporaryFolder { folder in
        let plan = usualPlan(data: try Material.sample.get()) + "\nrun: {log: 1}"
        let trial = try Trial(plan, in: folder)
        let endless = ["--set", "steps=1000000"]
        let run = try trial.training(ranks: 2, run: "run", endless).start()
        #expect(run.waitForLine(containing: "step 2/"))
        Mistake(75, "another trainer is at work")
          .expect(try trial.training(ranks: 1, run: "run", endless + ["--dry-run"]).run(), ranks: 1)
        #expect(run.signal(SIGTERM))
        _ = try run.finish()
      }
    }

    /// The last line of a dry run that ends well.
    private func dryRun(_ trial: Trial, _ ranks: Int, _ arguments: String...) throws -> String {
      let outcome = try trial.training(ranks: ranks, run: "run", ["--dry-run"] + arguments).run()
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n").map(String.init)
      #expect(lines.count == 2 && lines[0].hasPrefix("lenet: 431080 parameters"))
      return lines.last ?? ""
    }

    /// The files under a folder, with their bytes.
    private func contents(of folder: URL) throws -> [String: Data] {
      let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      return Dictionary(
        uniqueKeysWithValues: paths.map { path in
          (path, (try? Data(contentsOf: folder.appending(path: path))) ?? Data())
        })
    }
  }
}
