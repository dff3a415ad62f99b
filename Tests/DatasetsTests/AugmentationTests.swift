import Datasets
import Kernels
import Storage
import Testing

/// What lists of transforms do to samples, and what it depends on.
@Suite struct AugmentationTests {
  private let crop = TransformDescription(
    "RandomCrop", ["size": .number(4), "padding": .number(2), "fill": .number(9)])
  private let flip = TransformDescription("RandomHorizontalFlip")

  /// The images and mixtures of steps 0 ..< `steps` of some micro-batches, by epoch and sample.
  private func read(
    _ dataset: Dataset, _ list: [TransformDescription], microBatch: Int = 4,
    share: Range<Int> = 0..<6, steps: Int = 9, ahead: Bool = false
  ) throws -> [SampleIdentity: [UInt32]] {
    let store = try dataset.split("train")
    var reader = BatchReader(
      store: store, stream: SampleStream(count: store.count, seed: 5),
      augmentation: try Augmentation(list, channels: 1), normalization: dataset.normalization,
      globalBatch: 24, microBatch: microBatch, share: share, ahead: ahead)
    var images: [SampleIdentity: [UInt32]] = [:]
    for step in 0..<steps {
      var microBatches = reader.microBatches(of: step)
      while let batch = try microBatches.next() {
        let size = batch.images.count / microBatch
        for slot in 0..<microBatch {
          images[batch.identities[slot]] = (slot * size..<(slot + 1) * size).map {
            batch.images[$0].bitPattern
          }
        }
      }
    }
    return images
  }

  @Test(arguments: ["TrivialAugmentWide", "RandAugment", "GaussianNoise", "RandomErasing"])
  func `an image depends on seed, epoch and sample alone, not on who reads it and how`(
    name: String
  ) throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder, shards: 2)
      let list = [crop, flip, TransformDescription(name)]
      let all = try read(dataset, list)
      #expect(all.count == 9 * 24)
      for (share, ahead) in [(0..<1, false), (1..<4, true), (4..<6, false)] {
        let part = try read(dataset, list, share: share, ahead: ahead)
        #expect(part.count == 9 * 4 * share.count)
        for (identity, image) in part { #expect(all[identity] == image) }
      }
      let others = try read(dataset, list, microBatch: 3, share: 2..<8)
      for (identity, image) in others { #expect(all[identity] == image) }
      // Other epochs are other images.
      let changed = (0..<53).filter {
        all[SampleIdentity(epoch: 0, sample: $0)] != all[SampleIdentity(epoch: 1, sample: $0)]
      }
      #expect(changed.count > 40)
    }
  }

  @Test func `without transforms images are what they were`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder)
      let plain = try read(dataset, [])
      let whole = TransformDescription("CenterCrop", ["size": .numbers([5, 3])])
      #expect(try read(dataset, [whole]) == plain)
    }
  }

  @Test func `a crop, a flip and the normalization in one pass are those one by one`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder)
      let store = try dataset.split("train")
      let images = try read(dataset, [crop, flip])
      let cells = try preview(dataset, [crop, flip], epochs: 2).cells.filter { $0.epoch != nil }
      let (mean, deviation) = (dataset.index.means[0], dataset.index.deviations[0])
      for cell in cells where cell.epoch! < 2 {
        let box = cell.operations[0].numbers["box"]!.map { Int($0) }
        let mirrors = cell.operations.contains { $0.operation == "mirror" }
        guard let image = images[SampleIdentity(epoch: cell.epoch!, sample: cell.sample)] else {
          continue
        }
        for row in 0..<4 {
          for column in 0..<4 {
            let (y, x) = (box[1] + row, box[0] + (mirrors ? 3 - column : column))
            let isInside = (0..<5).contains(y) && (0..<3).contains(x)
            let byte = isInside ? store.pixels(of: Int(cell.sample))[3 * y + x] : 9
            let number = Float((Double(byte) / 255 - mean) / deviation)
            #expect(image[4 * row + column] == number.bitPattern)
          }
        }
      }
      #expect(images.count > 100)
    }
  }

  @Test(arguments: [0.2, 1, 8]) func `mixed images are the shares of two, and so are labels`(
    alpha: Double
  ) throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder)
      let plain = try read(dataset, [crop, flip], steps: 60)
      let store = try dataset.split("train")
      let mixing = TransformDescription("MixUp", ["alpha": .number(alpha)])
      var reader = BatchReader(
        store: store, stream: SampleStream(count: store.count, seed: 5),
        augmentation: try Augmentation([crop, flip, mixing], channels: 1),
        normalization: dataset.normalization, globalBatch: 24, microBatch: 4, share: 0..<6)
      var squares = 0.0
      for step in 0..<60 {
        var microBatches = reader.microBatches(of: step)
        while let batch = try microBatches.next() {
          let mixture = batch.mixture
          let share = mixture.shares[0]
          squares += Double((share - 0.5) * (share - 0.5))
          #expect(share >= 0.5 && share <= 1)
          for slot in 0..<4 {
            let before = batch.identities[(slot + 3) % 4]
            let labels = [batch.labels[slot], mixture.others[slot]]
            let expected = [
              Int32(batch.identities[slot].sample % 7), Int32(before.sample % 7),
            ]
            let keepsOwn = labels == expected
            #expect(keepsOwn || labels == expected.reversed())
            let a = plain[batch.identities[slot]]!.map(Float.init(bitPattern:))
            let b = plain[before]!.map(Float.init(bitPattern:))
            // Equal labels do not tell which share is the own one.
            let distance = { (own: Float) in
              (0..<16).map { i in
                abs(batch.images[16 * slot + i] - own * a[i] - (1 - own) * b[i])
              }.max()!
            }
            let nearest =
              expected[0] == expected[1]
              ? min(distance(share), distance(1 - share)) : distance(keepsOwn ? share : 1 - share)
            #expect(nearest < 1e-4)
          }
        }
      }
      // The variance of Beta(α, α) is 1 / (4 (2α + 1)).
      let variance = 1 / (4 * (2 * alpha + 1))
      #expect(abs(squares / 360 - variance) < 0.25 * variance)
    }
  }

  @Test func `a cut takes the part of the image that the share says`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder)
      let plain = try read(dataset, [], steps: 9)
      let store = try dataset.split("train")
      var reader = BatchReader(
        store: store, stream: SampleStream(count: store.count, seed: 5),
        augmentation: try Augmentation([TransformDescription("CutMix")], channels: 1),
        normalization: dataset.normalization, globalBatch: 24, microBatch: 4, share: 0..<6)
      var cut = 0
      for step in 0..<9 {
        var microBatches = reader.microBatches(of: step)
        while let batch = try microBatches.next() {
          let own = plain[batch.identities[1]]!
          let changed = (0..<15).filter { batch.images[15 + $0].bitPattern != own[$0] }.count
          let share = batch.mixture.shares[1]
          let part = Float(changed) / 15
          // A pixel may happen to be what it was.
          #expect(min(abs(1 - part - share), abs(part - share)) < 1.5 / 15)
          cut += changed
        }
      }
      #expect(cut > 54)
    }
  }

  /// The samples' images in some epochs, and what was done to them.
  private func preview(
    _ dataset: Dataset, _ list: [TransformDescription], epochs: Int
  ) throws -> AugmentationPreview {
    let augmentation = try Augmentation(list, channels: 1)
    let size = try augmentation.outputSize(of: Extent2D(5, 3))
    let same = TransformDescription(
      "CenterCrop", ["size": .numbers([Double(size.height), Double(size.width)])])
    return try AugmentationPreview(
      dataset.split("train"), samples: Array(0..<53), epochs: epochs, augmentation: augmentation,
      evaluation: try Augmentation([same], for: .evaluation, channels: 1),
      normalization: dataset.normalization, seed: 5)
  }

  /// The numbers of one kind that an operation got over 53 samples and 60 epochs.
  private func draws(
    _ transform: TransformDescription, _ operation: String, _ name: String
  ) throws -> [[Double]] {
    try withTemporaryFolder { folder in
      let cells = try preview(try makeDataset(folder), [transform], epochs: 60).cells
      let trained = cells.filter { $0.epoch != nil }
      return trained.flatMap(\.operations).filter { $0.operation == operation }.map {
        $0.numbers[name] ?? []
      }
    }
  }

  private let count = 53 * 60

  @Test(arguments: [0.1, 0.5, 0.9]) func `a flip is as frequent as it should be`(p: Double) throws {
    let flip = TransformDescription("RandomHorizontalFlip", ["p": .number(p)])
    let found = try draws(flip, "mirror", "").count
    let deviation = (Double(count) * p * (1 - p)).squareRoot()
    #expect(abs(Double(found) - Double(count) * p) < 4 * deviation)
  }

  @Test func `every place of a crop is as frequent as the others`() throws {
    // 5 + 4 rows for 4, 3 + 4 columns for 4: six by four places.
    let boxes = try draws(crop, "crop", "box").filter { $0[2] - $0[0] == 4 }
    var places: [[Double]: Int] = [:]
    for box in boxes { places[Array(box[..<2]), default: 0] += 1 }
    #expect(places.count == 24)
    #expect(Set(places.keys.map { $0[0] }) == [-2, -1, 0, 1])
    let expected = Double(boxes.count) / 24
    let chiSquared = places.values.reduce(0.0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    // 23 degrees of freedom: above 49.7 once in a thousand seeds.
    #expect(chiSquared < 49.7)
  }

  @Test func `a resized crop keeps to its area and proportions, and uses all of both`() throws {
    try withTemporaryFolder { folder in
      try writeIDX(
        folder + "/train-images-idx3-ubyte", extents: [53, 60, 80],
        [UInt8](repeating: 7, count: 53 * 4800))
      try writeIDX(
        folder + "/train-labels-idx1-ubyte", extents: [53], [UInt8](repeating: 0, count: 53))
      let dataset = try createDataset(from: Source(folder), in: folder + "/data").dataset
      let transform = TransformDescription(
        "RandomResizedCrop", ["size": .number(4), "scale": .numbers([0.1, 0.6])])
      let list = try Augmentation([transform], channels: 1)
      let cells = try AugmentationPreview(
        dataset.split("train"), samples: Array(0..<53), epochs: 40, augmentation: list,
        evaluation: try Augmentation(
          [TransformDescription("Resize", ["size": .numbers([4, 4])])], for: .evaluation),
        normalization: dataset.normalization, seed: 5
      ).cells.filter { $0.epoch != nil }
      var (areas, proportions): ([Double], [Double]) = ([], [])
      for cell in cells {
        let box = cell.operations[0].numbers["box"]!
        #expect(box[0] >= 0 && box[1] >= 0 && box[2] <= 80 && box[3] <= 60)
        areas.append((box[2] - box[0]) * (box[3] - box[1]) / 4800)
        proportions.append((box[2] - box[0]) / (box[3] - box[1]))
      }
      #expect(areas.min()! > 0.09 && areas.max()! < 0.62)
      #expect(areas.min()! < 0.12 && areas.max()! > 0.57)
      #expect(abs(areas.reduce(0, +) / Double(areas.count) - 0.35) < 0.015)
      #expect(proportions.min()! > 0.72 && proportions.max()! < 1.39)
      #expect(proportions.min()! < 0.78 && proportions.max()! > 1.28)
      #expect(abs(proportions.reduce(0) { $0 + $1 / Double(proportions.count) } - 1.01) < 0.03)
    }
  }

  @Test func `factors are spread evenly over their interval`() throws {
    let jitter = TransformDescription(
      "ColorJitter", ["brightness": .numbers([0.5, 2.5]), "contrast": .number(0.3)])
    let factors = try draws(jitter, "brightness", "factor").map { $0[0] }
    #expect(factors.count == count)
    #expect(factors.min()! >= 0.5 && factors.max()! <= 2.5)
    for quarter in 0..<4 {
      let low = 0.5 + 0.5 * Double(quarter)
      let part = factors.filter { (low..<low + 0.5).contains($0) }.count
      #expect(abs(Double(part) / Double(count) - 0.25) < 0.03)
    }
    let contrasts = try draws(jitter, "contrast", "factor").map { $0[0] }
    #expect(contrasts.min()! > 0.69 && contrasts.max()! < 1.31)
  }

  @Test func `policies use all their operations about equally`() throws {
    try withTemporaryFolder { folder in
      let list = [TransformDescription("TrivialAugmentWide")]
      let cells = try preview(try makeDataset(folder), list, epochs: 60).cells
      let names = cells.compactMap(\.operations.last?.operation)
      let frequencies = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
      // Of 14 choices five are affine maps, and one does nothing.
      for name in [
        "brightness", "saturation", "contrast", "sharpness", "posterize", "solarize",
        "autocontrast", "equalize",
      ] {
        #expect(abs(Double(frequencies[name] ?? 0) / Double(count) - 1.0 / 14) < 0.02, "\(name)")
      }
      let maps = Double(frequencies["affine_bilinear_constant"] ?? 0)
      #expect(abs(maps / Double(count) - 5.0 / 14) < 0.03)
    }
  }

  @Test func `neighbouring maps are one resampling`() throws {
    try withTemporaryFolder { folder in
      let list = [
        TransformDescription("RandomRotation", ["factor": .number(0.1)]),
        TransformDescription("RandomZoom", ["height_factor": .number(0.2)]),
        TransformDescription(
          "RandomTranslation", ["height_factor": .number(0.2), "width_factor": .number(0.2)]),
      ]
      let cells = try preview(try makeDataset(folder), list, epochs: 1).cells
      #expect(cells.filter { $0.epoch == 0 }.allSatisfy { $0.operations.count == 1 })
    }
  }
}
