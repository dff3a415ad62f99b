import Foundation
import Launching
import Pictures
import Storage
import Testing

/// `trainer predict` on image files, with nothing but the checkpoint.
struct PredictTests {
  private struct Predictions: Decodable {
    struct Prediction: Decodable {
      struct Choice: Decodable {
        let `class`: String
        let score: Double
      }
      let image: String
      let choices: [Choice]
    }
    struct Unreadable: Decodable { let image: String }
    let predictions: [Prediction]
    let unreadable: [Unreadable]
  }

  private struct Judged: Decodable { let confusion: [[Int]] }

  private let plan = """
    network:
      layers:
        - {layer: conv2d, channels: 4, kernel: 3, stride: 2}
        - batch_norm
        - relu
        - global_average_pool2d
        - {layer: dense, outputs: 3}
    data: data
    steps: 20
    batch: {global: 16, micro: 8}
    """

  /// Runs one of the programs in `folder`.
  private func run(_ program: String, _ arguments: String..., in folder: URL) throws -> Outcome {
    try Command(program, ranks: nil, arguments, in: folder).run()
  }

  /// Writes three classes of pictures of mixed sizes, and trains on them.
  private func train(in folder: URL, resize: String) throws {
    for (label, name) in ["ant", "bee, wild", "cat"].enumerated() {
      let place = folder.appending(path: "photos/\(name)")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for number in 0..<9 {
        let picture = Picture(
          width: 30 + 7 * number, height: 50 - 3 * number, seed: UInt64(10 * label + number))
        let isPNG = number % 2 == 0
        try Data(isPNG ? picture.png() : picture.jpeg()).write(
          to: place.appending(path: "\(number).\(isPNG ? "png" : "jpg")"))
      }
    }
    try Data(plan.utf8).write(to: folder.appending(path: "plan.yaml"))
    let made = try run(
      "sharder", "create", "photos", "--format", "folder", "--size", "16", "--resize", resize,
      "--output", "data", in: folder)
    try #require(made.status == 0, "\(made.errors)")
    let trained = try run("trainer", "plan.yaml", "--run", "run", in: folder)
    try #require(trained.status == 0, "\(trained.errors)")
  }

  @Test(arguments: [("cover", "none"), ("stretch", "flips")])
  func `files are judged as their samples are, and bad ones keep nobody back`(
    resize: String, views: String
  ) throws {
    try withTemporaryFolder { folder in
      try train(in: folder, resize: resize)
      let checkpoint = "run/checkpoints/step-00000020.h5"
      let evaluated = try run(
        "trainer", "evaluate", "--checkpoint", checkpoint, "--data", "data", "--views", views,
        "--json", in: folder)
      let confusion = try JSONDecoder().decode(Judged.self, from: Data(evaluated.output.utf8))
        .confusion
      let elsewhere = folder.appending(path: "elsewhere")
      try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
      for name in ["step-00000020.h5", "step-00000020.h5.sha256"] {
        try FileManager.default.moveItem(
          at: folder.appending(path: "run/checkpoints/\(name)"),
          to: elsewhere.appending(path: name))
      }
      try FileManager.default.removeItem(at: folder.appending(path: "data"))
      let photos = folder.appending(path: "photos").path
      let outcome = try run(
        "trainer", "predict", "--checkpoint", "step-00000020.h5", photos, "--views", views,
        "--json",
        in: elsewhere)
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      let told = try JSONDecoder().decode(Predictions.self, from: Data(outcome.output.utf8))
      let names = ["ant", "bee, wild", "cat"]
      var counts = [[Int]](repeating: [0, 0, 0], count: 3)
      for prediction in told.predictions {
        let label = try #require(names.firstIndex { prediction.image.contains("/\($0)/") })
        let predicted = try #require(names.firstIndex(of: prediction.choices[0].class))
        counts[label][predicted] += 1
        #expect(abs(prediction.choices.map(\.score).reduce(0, +) - 1) < 1e-12)
      }
      #expect(counts == confusion && told.predictions.count == 27)
      if views == "none" { try expectBadOnesTold(photos, told.predictions[0], in: elsewhere) }
    }
  }

  /// The mean of two views' logits is, but for a factor, the geometric mean of their scores.
  @Test func `an image and its mirror image are judged by the mean of their logits`() throws {
    try withTemporaryFolder { folder in
      try train(in: folder, resize: "cover")
      var picture = Picture(width: 16, height: 16, seed: 77)
      try Data(picture.png()).write(to: folder.appending(path: "one.png"))
      let pixels = picture.pixels
      for pixel in 0..<256 {
        for channel in 0..<3 {
          picture.pixels[3 * pixel + channel] =
            pixels[3 * (pixel / 16 * 16 + 15 - pixel % 16) + channel]
        }
      }
      try Data(picture.png()).write(to: folder.appending(path: "other.png"))
      func scores(_ image: String, _ views: String) throws -> [String: Double] {
        let outcome = try run(
          "trainer", "predict", "--checkpoint", "run", image, "--views", views, "--json", in: folder
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let told = try JSONDecoder().decode(Predictions.self, from: Data(outcome.output.utf8))
        let choices = try #require(told.predictions.first).choices
        return Dictionary(uniqueKeysWithValues: choices.map { ($0.class, $0.score) })
      }
      let (one, other) = (try scores("one.png", "none"), try scores("other.png", "none"))
      let both = try scores("one.png", "flip")
      let means = one.mapValues { $0.squareRoot() }.merging(other) { $0 * $1.squareRoot() }
      let sum = means.values.reduce(0, +)
      #expect(one != other)
      for (name, mean) in means {
        #expect(abs(mean / sum - both[name, default: -1]) < 1e-5, "\(name)")
      }
    }
  }

  /// Predicts one good image among bad ones, as text and as CSV.
  private func expectBadOnesTold(
    _ photos: String, _ good: Predictions.Prediction, in folder: URL
  ) throws {
    let picture = try Data(contentsOf: URL(filePath: good.image))
    try picture.prefix(picture.count / 2).write(to: folder.appending(path: "half.png"))
    try Data("no picture".utf8).write(to: folder.appending(path: "note.txt"))
    let bad = try run(
      "trainer", "predict", "--checkpoint", "step-00000020.h5", "half.png", good.image,
      "missing.png",
      "note.txt", "--csv", "--top", "2", in: folder)
    #expect(bad.status == 65)
    #expect(bad.errorLines.count == 3)
    for (line, word) in zip(bad.errorLines, ["half.png", "missing.png", "note.txt"]) {
      #expect(line.hasPrefix("trainer: ") && line.contains(word), "\(line)")
    }
    func field(_ text: String) -> String { text.contains(",") ? "\"\(text)\"" : text }
    let expected = good.choices.prefix(2).enumerated().map { place, choice in
      "\(good.image),\(place + 1),\(field(choice.class)),\(choice.score)"
    }
    let lines = bad.output.split(separator: "\n").map(String.init)
    #expect(lines == ["image,place,class,score"] + expected)
    let none = try run("trainer", "predict", "--checkpoint", "step-00000020.h5", ".", in: folder)
    #expect(none.status == 65 && none.output.isEmpty, "\(none.output)")
    let empty = folder.appending(path: "empty")
    try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
    let missing = try run(
      "trainer", "predict", "--checkpoint", "step-00000020.h5", "empty", in: folder)
    #expect(missing.status == 66 && missing.errorLines.count == 1, "\(missing.errors)")
  }
}
