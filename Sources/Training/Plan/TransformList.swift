import Datasets
import Yams

/// A list of transforms of images in a plan, each a name or `{transform: RandomCrop, size: 32}`.
///
/// Reading it fills in every argument, so that a plan and its recipe hold the canonical form.
public struct TransformList: Codable, Hashable, Sendable {
  /// The transforms, in order.
  public var transforms: [TransformPlan] = []

  /// No transforms.
  public init() {}

  /// The canonical form of a list; throws what is wrong with it.
  init(_ list: [TransformPlan], for use: Augmentation.Use) throws(AugmentationError) {
    let augmentation = try Augmentation(list.map(\.description), for: use)
    transforms = augmentation.descriptions.map {
      TransformPlan(transform: $0.transform, arguments: $0.arguments)
    }
  }

  /// Reads the text of a plan's list.
  init(text: String) throws {
    let list: [TransformPlan]
    do {
      list = try YAMLDecoder().decode([TransformPlan].self, from: text)
    } catch {
      throw PlanError("\(text) is no list of transforms; write [RandomHorizontalFlip]")
    }
    try self.init(list, for: .training)
  }

  /// Reads a canonical form.
  public init(from decoder: any Decoder) throws {
    transforms = try [TransformPlan](from: decoder)
  }

  /// Writes a list.
  public func encode(to encoder: any Encoder) throws { try transforms.encode(to: encoder) }

  /// Whether there are none.
  var isEmpty: Bool { transforms.isEmpty }

  /// The transforms, for images of so many channels.
  func augmentation(
    for use: Augmentation.Use, channels: Int
  ) throws(AugmentationError) -> Augmentation {
    try Augmentation(transforms.map(\.description), for: use, channels: channels)
  }
}

extension KeyedDecodingContainer {
  /// A list of transforms, in its canonical form; none where the plan does not say.
  func transforms(_ key: Key, for use: Augmentation.Use) throws -> TransformList {
    let list = try decodeIfPresent([TransformPlan].self, forKey: key) ?? []
    do throws(AugmentationError) {
      return try TransformList(list, for: use)
    } catch {
      throw PlanError(at: codingPath + [key], error.message)
    }
  }
}
