import Datasets
import Storage

// What a recipe does to images between the data set and the network.

extension Recipe {
  /// The transforms of training images.
  func makeAugmentation() throws -> Augmentation {
    try transforms(augmentation, for: .training, "augmentation")
  }

  /// The transforms of images that are evaluated.
  func makeEvaluationTransforms() throws -> Augmentation {
    try transforms(evaluationTransforms, for: .evaluation, "evaluation.transforms")
  }

  /// The transforms of each view of an image that is evaluated: of the views of that name, or of the
  /// recipe's.
  func makeViews(named name: String? = nil) throws -> [Augmentation] {
    let transforms = try makeEvaluationTransforms()
    let asked = name.flatMap(TestTimeViews.init(rawValue:))
    if let name, asked == nil {
      throw PlanError("--views \(name): unknown; known: \(TestTimeViews.list)")
    }
    let views = asked ?? evaluationViews ?? .single
    do throws(AugmentationError) {
      let lists = try transforms.views(views)
      for list in lists { _ = try list.outputSize(of: Shape(data.shape).extent) }
      return lists
    } catch {
      throw PlanError("plan: evaluation.views: \(views.rawValue): \(error.message)")
    }
  }

  /// [H, W, C] of the images that the network gets: the same in training and evaluation.
  func inputShape() throws -> Shape {
    let size = try extent(after: makeAugmentation(), "augmentation")
    let evaluated = try extent(after: makeEvaluationTransforms(), "evaluation.transforms")
    guard size == evaluated else {
      throw PlanError(
        "plan: augmentation ends in images of \(size), evaluation in \(evaluated); set "
          + "evaluation.transforms, such as [{transform: CenterCrop, size: "
          + "[\(size.height), \(size.width)]}]")
    }
    return Shape([size.height, size.width, data.shape[2]])
  }

  private func transforms(
    _ list: TransformList?, for use: Augmentation.Use, _ key: String
  ) throws -> Augmentation {
    do throws(AugmentationError) {
      return try (list ?? TransformList()).augmentation(for: use, channels: data.shape[2])
    } catch {
      throw PlanError("plan: \(key): \(error.message)")
    }
  }

  private func extent(after transforms: Augmentation, _ key: String) throws -> Extent2D {
    do throws(AugmentationError) {
      return try transforms.outputSize(of: Shape(data.shape).extent)
    } catch {
      throw PlanError("plan: \(key): \(error.message)")
    }
  }
}
