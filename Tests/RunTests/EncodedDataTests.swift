import Foundation
import Launching
import Pictures
import Testing

extension Runs {
  @Suite struct `Image files that ranks decode` {
    /// Two classes of 30 pictures of mixed sizes, JPEG and PNG, some turned by Exif, kept as files.
    private func makeData(in folder: URL) throws {
      for number in 0..<60 {
        let place = folder.appending(path: "photos/\(number % 2 == 0 ? "even" : "odd")")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let picture = Picture(
          width: 30 + number, height: 100 - number, seed: UInt64(number % 2 * 100 + number))
        let isPNG = number % 3 == 0
        var bytes = isPNG ? picture.png() : picture.jpeg(subsampled: number % 4 == 1)
        if number % 10 == 1 && !isPNG { bytes = withOrientation(8, bytes) }
        try Data(bytes).write(to: place.appending(path: "\(number).\(isPNG ? "png" : "jpg")"))
      }
      let made = try Command(
        "sharder", ranks: nil,
        [
          "create", "photos", "--format", "folder", "--keep-encoded", "--size", "16",
          "--validation", "0.2", "--output", "data", "--shards", "3",
        ], in: folder
      ).run()
      try #require(made.status == 0, "\(made.errors)")
    }

    private let plan = """
      network:
        layers:
          - {layer: conv2d, channels: 4, kernel: 3, stride: 2}
          - batch_norm
          - relu
          - global_average_pool2d
          - {layer: dense, outputs: 2}
      data: {folder: data, size: 24}
      steps: 12
      batch: {global: 32, micro: 4}
      """

    @Test func `give one hash on 1, 3 and 8 ranks, read ahead or not, and half-way moved`() throws {
      try withTemporaryFolder { folder in
        try makeData(in: folder)
        let trial = try Trial(plan, in: folder)
        try trial.train(ranks: 1, run: "1", "--set", "run.reading=inline")
        let expected = trial.hash("1", step: 12)
        try trial.train(ranks: 3, run: "3", "--set", "run.reading=ahead")
        #expect(trial.hash("3", step: 12) == expected)
        try trial.train(ranks: 8, run: "8")
        #expect(trial.hash("8", step: 12) == expected)
        let crop = "augmentation=[{transform: RandomResizedCrop, size: 24}, RandomHorizontalFlip]"
        try trial.train(ranks: 1, run: "crop-1", "--set", crop)
        try trial.train(ranks: 3, run: "crop-3", "--set", crop)
        #expect(trial.hash("crop-1", step: 12) == trial.hash("crop-3", step: 12))
        #expect(trial.hash("crop-1", step: 12) != expected)
        try trial.train(ranks: 8, run: "moved", "--stop-after", "5")
        try trial.train(ranks: 3, run: "moved")
        #expect(trial.hash("moved", step: 12) == expected)
      }
    }

    @Test func `are evaluated and predicted alike, at the plan's size`() throws {
      try withTemporaryFolder { folder in
        try makeData(in: folder)
        let trial = try Trial(plan, in: folder)
        try trial.train(ranks: 2, run: "run")
        let checkpoint = trial.checkpoint("run", step: 12).path
        struct Judged: Decodable { let confusion: [[Int]] }
        var counts = [[Int]](repeating: [0, 0], count: 2)
        for split in ["train", "validation"] {
          let outcome = try trial.trainer(
            ranks: 3,
            ["evaluate", "--checkpoint", checkpoint, "--data", "data", "--split", split, "--json"]
          ).run()
          #expect(outcome.status == 0, "\(outcome.errors)")
          let judged = try JSONDecoder().decode(Judged.self, from: Data(outcome.output.utf8))
          for (row, values) in judged.confusion.enumerated() {
            for (column, value) in values.enumerated() { counts[row][column] += value }
          }
        }
        let told = try trial.trainer(
          ranks: 1, ["predict", "--checkpoint", checkpoint, "photos", "--top", "1", "--csv"]
        ).run()
        let lines = told.output.split(separator: "\n").dropFirst()
        var predicted = [[Int]](repeating: [0, 0], count: 2)
        for line in lines {
          let fields = line.split(separator: ",")
          predicted[fields[0].contains("/odd/") ? 1 : 0][fields[2] == "odd" ? 1 : 0] += 1
        }
        #expect(lines.count == 60 && predicted == counts)
      }
    }

    @Test(arguments: ["", "augmentation: [{transform: RandomResizedCrop, size: 24}]\n"])
    func `are decoded without allocations but the codecs' own`(augmentation: String) throws {
      try withTemporaryFolder { folder in
        try makeData(in: folder)
        let trial = try Trial(
          plan.replacing("steps: 12\n", with: "") + "\nevaluation: {every: 0}\n"
            + "checkpoint: {every: 0}\nrun: {log: 0}\n" + augmentation, in: folder)
        try trial.expectNoAllocations(steps: 10)
      }
    }
  }
}
