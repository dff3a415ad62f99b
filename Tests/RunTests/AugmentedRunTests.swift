import Foundation
import Launching
import Testing

extension Runs {
  @Suite struct `Augmented runs` {
    /// Random sizes, maps, colours and pixels, mixed samples; another size than the stored one.
    private func plan() throws -> String {
      """
      network:
        layers:
          - {layer: conv2d, channels: 8, kernel: 5, stride: 2}
          - batch_norm
          - relu
          - flatten
          - {layer: dense, outputs: 10}
      data: {folder: \(try Material.cifar.get()), validation: 100}
      augmentation:
        - {transform: RandomResizedCrop, size: 28, scale: [0.3, 1]}
        - RandomHorizontalFlip
        - {transform: ColorJitter, brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1}
        - {transform: RandomAffine, degrees: 15, translate: [0.1, 0.1], shear: 5}
        - RandAugment
        - {transform: GaussianBlur, kernel_size: 3, p: 0.2}
        - {transform: GaussianNoise, p: 0.2}
        - RandomErasing
        - {transform: MixUp, alpha: 0.4}
        - CutMix
      steps: 30
      batch: {global: 48, micro: 4}
      evaluation: {every: 15, transforms: [{transform: CenterCrop, size: 28}]}
      checkpoint: {every: 0}
      run: {log: 10}
      """
    }

    @Test func `end in the same bytes on any number of ranks, and resumed`() throws {
      try withTemporaryFolder { folder in
        let trial = try Trial(try plan(), in: folder)
        let first = try trial.train(ranks: 1, run: "1")
        let expected = trial.hash("1", step: 30)
        for (ranks, reading) in [(3, "inline"), (8, "ahead")] {
          let outcome = try trial.train(
            ranks: ranks, run: "\(ranks)", "--set", "run.reading=\(reading)")
          #expect(trial.hash("\(ranks)", step: 30) == expected, "\(ranks) ranks")
          #expect(
            outcome.output.split(separator: "\n").filter { $0.contains("validation:") }
              == first.output.split(separator: "\n").filter { $0.contains("validation:") })
        }
        try trial.train(ranks: 8, run: "moved", "--stop-after", "11")
        try trial.train(ranks: 3, run: "moved")
        #expect(trial.hash("moved", step: 30) == expected, "8 ranks, then 3")
        // Another seed augments otherwise, and no augmentation is another recipe.
        try trial.train(
          ranks: 2, run: "plain", "--set", "augmentation=[{transform: CenterCrop, size: 28}]")
        #expect(trial.hash("plain", step: 30) != expected)
      }
    }

    @Test func `allocate nothing in a step`() throws {
      try withTemporaryFolder { folder in
        let text = try plan().replacing(
          "\(try Material.cifar.get()), validation: 100", with: "\(try Material.tiny.get())"
        ).replacing("every: 15,", with: "every: 0,").replacing("log: 10", with: "log: 0")
        try Trial(text, in: folder).expectNoAllocations(steps: 20)
      }
    }
  }
}
