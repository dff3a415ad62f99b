import Datasets
import Storage
import Testing

/// Lists of transforms as users write them.
@Suite struct TransformListTests {
  /// What is wrong with a list; nil if it is read.
  private func complaint(
    _ list: [TransformDescription], for use: Augmentation.Use = .training, size: Extent2D = 32
  ) -> String? {
    do throws(AugmentationError) {
      _ = try Augmentation(list, for: use, channels: 3).outputSize(of: size)
      return nil
    } catch {
      return error.message
    }
  }

  /// A transform of every name, with what it needs.
  static let all = [
    TransformDescription("Resize", ["size": .number(24)]),
    TransformDescription("Resizing", ["height": .number(20), "width": .number(24)]),
    TransformDescription("CenterCrop", ["size": .number(20)]),
    TransformDescription("RandomCrop", ["size": .number(20), "padding": .numbers([2, 4])]),
    TransformDescription("RandomCrop", ["height": .number(20), "width": .number(18)]),
    TransformDescription("RandomResizedCrop", ["size": .numbers([20, 16])]),
    TransformDescription("RandomHorizontalFlip"),
    TransformDescription("RandomVerticalFlip", ["p": .number(0.25)]),
    TransformDescription("RandomFlip", ["mode": .text("horizontal")]),
    TransformDescription("RandomRotation", ["degrees": .number(15)]),
    TransformDescription("RandomRotation", ["factor": .number(0.1)]),
    TransformDescription(
      "RandomAffine", ["degrees": .numbers([-5, 10]), "shear": .numbers([1, 2, 3, 4])]),
    TransformDescription("RandomZoom", ["height_factor": .number(0.2)]),
    TransformDescription(
      "RandomTranslation", ["height_factor": .number(0.2), "width_factor": .numbers([0, 0.1])]),
    TransformDescription("ColorJitter", ["brightness": .number(0.4), "hue": .number(0.1)]),
    TransformDescription("RandomBrightness", ["factor": .number(0.2)]),
    TransformDescription("RandomContrast", ["factor": .numbers([0.2, 0.3])]),
    TransformDescription("RandomGrayscale"),
    TransformDescription("RandomInvert"),
    TransformDescription("RandomPosterize", ["bits": .number(3)]),
    TransformDescription("RandomSolarize", ["threshold": .number(100)]),
    TransformDescription("RandomAutocontrast"),
    TransformDescription("RandomEqualize"),
    TransformDescription("RandomAdjustSharpness", ["sharpness_factor": .number(2)]),
    TransformDescription("GaussianBlur", ["kernel_size": .numbers([3, 5])]),
    TransformDescription("GaussianNoise"),
    TransformDescription("RandAugment", ["num_ops": .number(3)]),
    TransformDescription("TrivialAugmentWide"),
    TransformDescription("RandomErasing", ["value": .text("random")]),
    TransformDescription("MixUp", ["alpha": .number(0.2)]),
    TransformDescription("CutMix"),
  ]

  @Test(arguments: all) func `the canonical form reads back as itself`(
    description: TransformDescription
  ) throws {
    let once = try Augmentation([description]).descriptions
    #expect(try Augmentation(once).descriptions == once)
    #expect(once[0].arguments.count >= description.arguments.count)
    #expect(complaint([description]) == nil)
  }

  @Test func `what is written in two ways is one canonical form`() throws {
    let short = TransformDescription("RandomCrop", ["size": .number(32), "padding": .number(4)])
    let long = TransformDescription(
      "RandomCrop",
      [
        "size": .numbers([32, 32]), "padding": .numbers([4]), "fill": .numbers([0]),
        "padding_mode": .text("constant"), "pad_if_needed": .flag(false), "p": .number(1),
      ])
    #expect(try Augmentation([short]).descriptions == Augmentation([long]).descriptions)
  }

  @Test func `mistakes are named with place, name and what would be right`() {
    func expect(
      _ list: [TransformDescription], _ words: String..., use: Augmentation.Use = .training
    ) {
      let line = complaint(list, for: use) ?? "no complaint"
      for word in words { #expect(line.contains(word), "\(line)") }
    }
    expect([TransformDescription("RandomHorizontalFlop")], "transform 1", "RandomHorizontalFlip?")
    expect(
      [
        TransformDescription("RandomFlip"),
        TransformDescription("RandomCrop", ["size": .number(3), "paddin": .number(1)]),
      ], "transform 2 (RandomCrop)", "paddin", "padding?")
    expect([TransformDescription("RandomCrop")], "needs the argument size")
    expect([TransformDescription("RandomCrop", ["size": .number(33)])], "33×33", "32×32", "padding")
    expect([TransformDescription("RandomCrop", ["size": .number(1.5)])], "whole numbers")
    expect([TransformDescription("ColorJitter", ["hue": .number(0.6)])], "hue", "0.5")
    expect([TransformDescription("ColorJitter", ["hue": .numbers([0.2, 0.1])])], "least, most")
    expect([TransformDescription("GaussianBlur", ["kernel_size": .number(4)])], "odd")
    expect([TransformDescription("RandomRotation", ["degrees": .text("ten")])], "number", "ten")
    expect(
      [TransformDescription("RandomCrop", ["size": .number(9), "padding_mode": .text("mirror")])],
      "cannot be mirror", "Known: constant")
    expect(
      [TransformDescription("RandomCrop", ["size": .number(9), "fill": .numbers([1, 2])])], "fill")
    expect(
      [TransformDescription("RandomCrop", ["size": .number(9), "p": .number(0.5)])], "p must be 1")
    expect(
      [TransformDescription("RandomErasing"), TransformDescription("RandomFlip")],
      "transform 2", "before RandomErasing")
    expect([TransformDescription("MixUp"), TransformDescription("RandomErasing")], "before MixUp")
    expect(
      [TransformDescription("RandomFlip")], "Known: Resize, Resizing, CenterCrop", use: .evaluation)
  }

  @Test func `sizes follow the transforms`() throws {
    func size(_ list: [TransformDescription], of image: Extent2D) throws -> Extent2D {
      try Augmentation(list).outputSize(of: image)
    }
    let resize = TransformDescription("Resize", ["size": .number(16)])
    #expect(try size([resize], of: Extent2D(20, 45)) == Extent2D(16, 36))
    #expect(try size([resize], of: Extent2D(45, 20)) == Extent2D(36, 16))
    let crop = TransformDescription("CenterCrop", ["size": .number(40)])
    #expect(try size([resize, crop], of: Extent2D(45, 20)) == Extent2D(40, 40))
    #expect(
      try size(Self.all.filter { $0.transform == "RandomResizedCrop" }, of: 50) == Extent2D(20, 16))
  }
}
