import Foundation
import Launching
import Testing

/// `trainer networks` and `trainer plan --explain`: no process but one.
@Suite struct `What there is` {
  private struct Summary: Decodable {
    struct Layer: Decodable {
      let name: String
      let kind: String
      let output: [Int]
      let parameters: Int
      let multiplyAdds: Int
      let trainingOperations: Int
    }

    let name: String
    let input: [Int]
    let classes: Int
    let parameters: Int
    let multiplyAdds: Int
    let trainingOperations: Int
    let activationBytes: Int
    let layers: [Layer]
  }

  private static func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(text.utf8))
  }

  @Test func `networks are listed with the figures that papers and torchvision give`() throws {
    let outcome = try trainer("networks", "--json")
    let all = try Self.decode([Summary].self, outcome.output)
    #expect(all.count == 18 && Set(all.map(\.name)).count == 18)
    // Multiply-adds in millions: He et al. 2015 (tables 1 and 6), torchvision, Sandler et al. 2018.
    let known = [
      "lenet": (431_080, 2.29), "resnet20": (269_722, 40.6), "resnet18": (11_689_512, 1814),
      "resnet50": (25_557_032, 4089), "mobilenet_v2": (3_504_872, 300.8),
    ]
    for (name, (parameters, millions)) in known {
      let network = try #require(all.first { $0.name == name })
      #expect(network.parameters == parameters)
      #expect(abs(Double(network.multiplyAdds) / 1e6 - millions) < 0.005 * millions, "\(name)")
    }
    for network in all {
      #expect(network.layers.reduce(0) { $0 + $1.parameters } == network.parameters)
      #expect(network.layers.reduce(0) { $0 + $1.multiplyAdds } == network.multiplyAdds)
      #expect(
        network.layers.reduce(0) { $0 + $1.trainingOperations } == network.trainingOperations)
      #expect(network.layers.last?.output == [network.classes])
      #expect(network.activationBytes > 16 * 4 * network.input.reduce(1, *))
    }
    let table = try trainer("networks").output.split(separator: "\n")
    for network in all {
      #expect(
        table.contains { $0.hasPrefix(network.name + " ") && $0.contains("\(network.parameters)") })
    }
  }

  @Test func `a network is shown layer by layer, for any images`() throws {
    let text = try trainer("networks", "lenet", "--input", "32x32x3", "--classes", "4").output
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.contains(["images", "32×32×3"]))
    #expect(
      lines.contains(["conv1", "Conv2D", "5×5", "28×28×20", "1520", "1.18", "M", "4.70", "M"]))
    #expect(lines.contains(["pool1", "MaxPool2D", "2×2", "14×14×20"]))
    #expect(lines.contains(["relu1", "ReLU", "500"]))
    #expect(lines.contains { $0.prefix(3) == ["fc2", "Dense", "4"] && $0[3] == "2004" })

    try withTemporaryFolder { folder in
      let own = package.appending(path: "launch/plans/own-network.yaml").path
      let words = ["networks", own, "--input", "28x28x1", "--classes", "10", "--json"]
      let outcome = try Command("trainer", ranks: nil, words, in: folder).run()
      let network = try Self.decode(Summary.self, outcome.output)
      #expect(network.layers.count > 4 && network.layers.last?.output == [10])
    }
  }

  @Test func `an explained plan tells what it comes to, and where each value comes from`() throws {
    try withTemporaryFolder { folder in
      let data = try Material.sample.get()
      let plan = """
        network: lenet
        data: nowhere
        epochs: 2
        batch: {global: 48, micro: 4}
        schedule: {name: plateau, warmup: 10, patience: 2}
        evaluation: {patience: 5}
        """
      try Data(plan.utf8).write(to: folder.appending(path: "p.yaml"))
      let words = [
        "plan", "p.yaml", "--explain", "--data", data, "--set", "seed=7", "--set",
        "data.validation=300",
      ]
      let outcome = try Command("trainer", ranks: nil, words, in: folder).run()
      #expect(outcome.status == 0, "\(outcome.errors)")
      let rows = outcome.output.split(separator: "\n").map {
        $0.split(separator: " ").joined(separator: " ")
      }
      for row in [
        "network lenet: 431080 parameters, 2.29 M multiply-adds an image",
        "data \(data): 1500 training images 28×28×1 in 10 classes, 300 for validation, 400 for test",
        "length 63 steps of 48 images, 2.02 epochs",
        "batch 12 micro-batches of 4 images: 1 to 12 ranks, with the same bits",
        "rate rises from 0.0009375 to 0.009375 over 10 steps, then 0.009375, times 0.1 whenever "
          + "validation loss is no better for more than 2 evaluations",
        "arithmetic 633 M floating-point operations a step",
        "evaluation every 32 steps (1 epoch), and at the end; the run ends early after 5 that are no better",
        "network.name lenet p.yaml", "data.folder \(data) --data", "data.validation 300 --set",
        "data.verify true default", "seed 7 --set", "epochs 2.0 p.yaml", "batch.micro 4 p.yaml",
        "optimizer.lr 0.05 usual for lenet", "optimizer.momentum 0.9 default",
        "batch.reference 256 usual for lenet", "schedule.name plateau p.yaml",
        "schedule.cooldown 0 default", "evaluation.patience 5 p.yaml",
      ] { #expect(rows.contains(row), "\(row)\n\(outcome.output)") }
      // Eight ranks on twelve micro-batches: four have two.
      #expect(rows.contains { $0.hasPrefix("8 2 75.00 % ") }, "\(outcome.output)")
    }
  }

  @Test func `an explanation without data leaves out what depends on them`() throws {
    try withTemporaryFolder { folder in
      try Data("network: resnet20\ndata: nowhere".utf8).write(to: folder.appending(path: "p.yaml"))
      let outcome = try Command("trainer", ranks: nil, ["plan", "p.yaml", "--explain"], in: folder)
        .run()
      #expect(outcome.status == 0 && outcome.output.hasPrefix("nowhere is no data set: "))
      #expect(outcome.output.contains("usual for resnet20"))
    }
  }

  @Test(arguments: [
    (["networks", "lenett"], "mean lenet?"), (["networks", "lenet", "--input", "9x9x1"], "16×16"),
    (["networks", "--input", "28x28"], "--input 28x28: write height, width and channels"),
    (["networks", "nowhere.yaml"], "nowhere.yaml"), (["networks", "--micro", "0"], "--micro"),
  ])
  func `what does not exist is one line`(words: [String], part: String) throws {
    let outcome = try Command("trainer", ranks: nil, words).run()
    #expect(outcome.status == 64 || outcome.status == 66)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains(part), "\(outcome.errors)")
  }

  private func trainer(_ words: String...) throws -> Outcome {
    let outcome = try Command("trainer", ranks: nil, words).run()
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    return outcome
  }
}
