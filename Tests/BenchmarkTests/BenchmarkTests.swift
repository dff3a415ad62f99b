import Foundation
import Launching
import Testing

/// What a measurement prints, so far as it can be known beforehand; no test looks at a speed.
@Suite(.serialized) struct Benchmarks {
  private let brief = ["--windows", "1", "--window-seconds", "0.1", "--json"]

  private func report(_ ranks: Int, _ arguments: [String]) throws -> [String: Any] {
    let outcome = try Command("trainer", ranks: ranks, ["bench"] + arguments + brief).run()
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    try #require(lines.count == 1, "one rank prints one line, not \(lines)")
    let value = try JSONSerialization.jsonObject(with: Data(lines[0].utf8))
    return try #require(value as? [String: Any])
  }

  private func isPositive(_ value: Any?) -> Bool { (value as? Double ?? 0) > 0 }

  @Test func `a measured step has all figures, and its parts sum to the whole`() throws {
    let report = try report(2, ["step", "--network", "lenet"])
    for key in ["images_per_second", "roofline", "peak_gigaflops", "peak_memory_bytes"] {
      #expect(isPositive(report[key]), "\(key): \(String(describing: report[key]))")
    }
    #expect(report["ranks"] as? Int == 2 && report["batch_per_rank"] as? Int == 64)
    let seconds = try #require(report["seconds"] as? [String: Double])
    let shares = try #require(report["shares"] as? [String: Double])
    let computed = [
      "convolution_forward", "convolution_input_gradient", "convolution_weight_gradient",
      "other_layers", "reduction", "update", "publish", "waiting",
    ]
    for part in computed { #expect(isPositive(seconds[part]), "\(part)") }
    #expect(seconds["batch_norm"] == 0, "LeNet has none")
    #expect(Set(seconds.keys) == Set(computed + ["batch_norm", "normalized_convolution"]))
    #expect(abs(shares.values.reduce(0, +) - 1) < 1e-6)
  }

  @Test func `plans' keys, micro-batches and transports can be chosen`() throws {
    let report = try report(
      3,
      [
        "step", "--network", "lenet", "--batch", "6", "--micro", "2", "--transport", "messages",
        "--set", "optimizer={name: adam, lr: 0.001}",
      ])
    #expect(report["transport"] as? String == "messages")
    #expect(report["batch_per_rank"] as? Int == 6 && report["micro_batch"] as? Int == 2)
  }

  @Test func `layers, the reduction and the data path are measured`() throws {
    let layers = try report(1, ["layer", "--only", "resnet20.layer3", "--batch", "2"])
    let rows = try #require(layers["layers"] as? [[String: Any]])
    #expect(rows.compactMap { $0["name"] as? String } == ["resnet20.layer3.0", "resnet20.layer3"])
    for key in ["forward", "input_gradient", "weight_gradient"] {
      #expect(rows.allSatisfy { isPositive($0[key]) }, "\(key)")
    }
    let differences = rows.compactMap { $0["difference"] as? Double }
    #expect(differences.count == 2 && differences.allSatisfy { 0...1e-4 ~= $0 })
    let sizes = try report(2, ["reduce", "--elements", "10007"])["rows"] as? [[String: Any]]
    #expect(sizes?.compactMap { $0["transport"] as? String } == ["window", "messages"])
    #expect(try #require(sizes).allSatisfy { isPositive($0["seconds"]) && isPositive($0["ratio"]) })

    try withTemporaryFolder { folder in
      let data = folder.appending(path: "data").path
      let sample = package.appending(path: "datasets/sample").path
      let sharding = try Command("sharder", ranks: nil, ["create", sample, "--output", data]).run()
      try #require(sharding.status == 0, "\(sharding.errors)")
      let input = try report(2, ["input", "--data", data])
      for key in ["images_per_second", "images_per_second_ahead"] {
        #expect(isPositive(input[key]), "\(key)")
      }
    }
  }

  @Test func `every convolution of the table agrees with the reference`() throws {
    let layers = try report(1, ["layer", "--batch", "1"])
    let rows = try #require(layers["layers"] as? [[String: Any]])
    #expect(rows.count >= 30)
    for row in rows {
      let difference = try #require(row["difference"] as? Double)
      #expect(0...1e-4 ~= difference, "\(row)")
    }
  }

  @Test(arguments: [
    (["step", "--network", "lenett"], "choose one of lenet, resnet20"),
    (["step", "--network", "lenet", "--batch", "6", "--micro", "4"], "micro-batches of 4"),
    (["step", "--network", "lenet", "--transport", "pigeon"], "transport"),
    (["step", "--network", "lenet", "--set", "batch.micro=128"], "use --batch and --micro"),
    (["layer", "--only", "lenet"], "on 1 rank, not on 2"),
    (["reduce", "--elements", "16", "--transport", "pigeon"], "window, messages"),
  ])
  func `a measurement that cannot be made is refused in one line`(
    arguments: [String], words: String
  ) throws {
    let outcome = try Command("trainer", ranks: 2, ["bench"] + arguments + brief).run()
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains(words), "\(outcome.errors)")
  }
}
