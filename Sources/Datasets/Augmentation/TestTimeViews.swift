internal import Storage

/// Several views of each sample, judged together in an evaluation by the mean of their logits.
public enum TestTimeViews: String, CaseIterable, Codable, Sendable {
  /// The image alone.
  case single = "none"
  /// The image, and its mirror image.
  case flip
  /// The image mirrored, upside down, both, and as it is.
  case flips
  /// The four corners and the middle, in place of the middle.
  case fiveCrop = "five_crop"
  /// The same, and their mirror images.
  case tenCrop = "ten_crop"

  /// The names of all, for a person to choose from.
  public static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension Augmentation {
  /// The lists that make the views of an image in place of this one, an evaluation's.
  ///
  /// Throws if crops are asked for and the list does not end with the crop of the middle.
  public func views(_ views: TestTimeViews) throws(AugmentationError) -> [Augmentation] {
    let mirror = TransformDescription("RandomHorizontalFlip", ["p": .number(1)])
    let turn = TransformDescription("RandomVerticalFlip", ["p": .number(1)])
    let lists: [[TransformDescription]]
    switch views {
    case .single: lists = [descriptions]
    case .flip: lists = [[], [mirror]].map { descriptions + $0 }
    case .flips: lists = [[], [mirror], [turn], [mirror, turn]].map { descriptions + $0 }
    case .fiveCrop: lists = try corners()
    case .tenCrop: lists = try corners().flatMap { [$0, $0 + [mirror]] }
    }
    var augmentations: [Augmentation] = []
    for list in lists { augmentations.append(try Augmentation(list, for: .views)) }
    return augmentations
  }

  /// The list with each of the five crops of torchvision's FiveCrop at its end.
  private func corners() throws(AugmentationError) -> [[TransformDescription]] {
    guard let last = descriptions.last, last.transform == TransformName.centerCrop.rawValue,
      let size = last.arguments["size"]
    else {
      throw AugmentationError(
        "crops need an image larger than the network's; end evaluation.transforms with CenterCrop")
    }
    return (0..<5).map { part in
      descriptions.dropLast() + [
        TransformDescription(
          TransformName.fiveCrop.rawValue, ["size": size, "part": .number(Double(part))])
      ]
    }
  }
}
