internal import Kernels
public import Storage

/// What is done to images between the data set and the network: a list of transforms.
///
/// Those of images come first; RandomErasing, which works on normalized numbers, after them; MixUp
/// and CutMix, which mix the samples of a micro-batch, last. Of several of these one is taken at
/// random for each micro-batch.
public struct Augmentation: Sendable {
  /// What a list is for.
  public enum Use: Sendable {
    /// Training: any transform.
    case training
    /// Evaluation: only those without random numbers.
    case evaluation
    /// One of several views in an evaluation: those, flips and crops of corners.
    case views

    /// The names that such a list may hold.
    fileprivate var names: [TransformName] {
      switch self {
      case .training: TransformName.allCases.filter { $0 != .fiveCrop }
      case .evaluation: TransformName.fixed
      case .views: TransformName.fixed + [.fiveCrop, .mirror, .turnUpsideDown]
      }
    }
  }

  /// The list in its canonical form: every argument given in full.
  public let descriptions: [TransformDescription]
  private let use: Use
  internal private(set) var images: [ImageTransform] = []
  internal private(set) var erasing: [RandomErasing] = []
  internal private(set) var mixing: [SampleMixing] = []
  /// The names of the image transforms, for messages.
  private var names: [String] = []

  /// No transforms.
  public static var none: Augmentation { Augmentation() }

  private init() {
    descriptions = []
    use = .training
  }

  /// Reads a list; throws an `AugmentationError` that names the transform by place, from 1, and
  /// name.
  ///
  /// - Parameter channels: of the images; nil where they are not known yet and the list is only
  ///   checked.
  public init(
    _ list: [TransformDescription], for use: Use = .training, channels: Int? = nil
  ) throws(AugmentationError) {
    var canonical: [TransformDescription] = []
    var found = Augmentation()
    for (place, description) in list.enumerated() {
      do throws(AugmentationError) {
        let name = try TransformName(description.transform, among: use.names)
        var arguments = TransformArguments(description.arguments, channels: channels)
        try found.append(name, &arguments, place: place, use, channels: channels)
        try arguments.finish()
        canonical.append(TransformDescription(description.transform, arguments.resolved))
      } catch {
        throw error.at(place, description.transform)
      }
    }
    descriptions = canonical
    self.use = use
    (images, erasing, mixing) = (found.images, found.erasing, found.mixing)
    names = found.names
  }

  /// The same list, checked and filled in for images of so many channels.
  internal func resolved(channels: Int) throws(AugmentationError) -> Augmentation {
    try Augmentation(descriptions, for: use, channels: channels)
  }

  private mutating func append(
    _ name: TransformName, _ arguments: inout TransformArguments, place: Int, _ use: Use,
    channels: Int?
  ) throws(AugmentationError) {
    let probability =
      use == .evaluation
      ? 1 : try arguments.number("p", default: name.usualProbability, in: 0...1)
    if let kind = try name.kind(&arguments) {
      guard erasing.isEmpty && mixing.isEmpty else {
        throw AugmentationError("it must stand before RandomErasing, MixUp and CutMix")
      }
      images.append(ImageTransform(place: place, probability: probability, kind: kind))
      names.append(name.rawValue)
    } else if name == .erasing {
      guard mixing.isEmpty else { throw AugmentationError("it must stand before MixUp and CutMix") }
      erasing.append(
        try RandomErasing(
          &arguments, place: place, probability: probability, channels: channels))
    } else {
      mixing.append(
        try SampleMixing(
          name == .mixUp ? .mixUp : .cutMix, &arguments, place: place, probability: probability))
    }
  }

  /// Whether the first transform takes a part of an image of any size and brings it to a fixed one:
  /// then image files need no size before it.
  internal var takesAnySize: Bool {
    if case .resizedCrop = images.first?.kind { true } else { false }
  }

  /// The height and width that images of the given size get; throws if they are too small.
  public func outputSize(of image: Extent2D) throws(AugmentationError) -> Extent2D {
    try sizes(of: image).last ?? image
  }

  /// The sizes that an image of the given size has before the first and after each transform of
  /// images.
  private func sizes(of image: Extent2D) throws(AugmentationError) -> [Extent2D] {
    var sizes = [image]
    for (transform, name) in zip(images, names) {
      do throws(AugmentationError) {
        let next = try transform.outputSize(of: sizes[sizes.count - 1])
        if transform.probability < 1 && next != sizes[sizes.count - 1] {
          throw AugmentationError("it changes the size, so p must be 1")
        }
        sizes.append(next)
      } catch {
        throw error.at(transform.place, name)
      }
    }
    return sizes
  }

  /// The memory that transforming images of the given size takes.
  internal func capacity(
    of image: Extent2D, channels: Int
  ) throws(AugmentationError) -> ImageCanvas.Capacity {
    let sizes = try sizes(of: image)
    var capacity = ImageCanvas.Capacity()
    // An image of any size is read where it lies: only what is made of it needs a place.
    let made = takesAnySize ? sizes.dropFirst() : sizes[...]
    capacity.bytes = (made.map(\.count).max() ?? 0) * channels
    for (index, transform) in images.enumerated() {
      switch transform.kind {
      case .resize, .resizedCrop:
        let before = capacity.resizing
        capacity.resizing = (
          sizes[index].joined(before?.source), sizes[index + 1].joined(before?.target)
        )
      case .blur: capacity.blurs = true
      default: break
      }
    }
    return capacity
  }
}

extension Extent2D {
  /// The smallest extent that holds this one and the other.
  fileprivate func joined(_ other: Extent2D?) -> Extent2D {
    Extent2D(max(height, other?.height ?? 0), max(width, other?.width ?? 0))
  }
}
