internal import Kernels
internal import Storage

/// The transforms that a plan can name: torchvision's names and parameters, and Keras's where those
/// are other ones.
internal enum TransformName: String, CaseIterable {
  case resize = "Resize"
  case resizing = "Resizing"
  case centerCrop = "CenterCrop"
  case fiveCrop = "FiveCrop"
  case crop = "RandomCrop"
  case resizedCrop = "RandomResizedCrop"
  case mirror = "RandomHorizontalFlip"
  case turnUpsideDown = "RandomVerticalFlip"
  case flip = "RandomFlip"
  case rotation = "RandomRotation"
  case affine = "RandomAffine"
  case zoom = "RandomZoom"
  case translation = "RandomTranslation"
  case jitter = "ColorJitter"
  case brightness = "RandomBrightness"
  case contrast = "RandomContrast"
  case grayscale = "RandomGrayscale"
  case invert = "RandomInvert"
  case posterize = "RandomPosterize"
  case solarize = "RandomSolarize"
  case autocontrast = "RandomAutocontrast"
  case equalize = "RandomEqualize"
  case sharpness = "RandomAdjustSharpness"
  case blur = "GaussianBlur"
  case noise = "GaussianNoise"
  case randAugment = "RandAugment"
  case trivialAugment = "TrivialAugmentWide"
  case erasing = "RandomErasing"
  case mixUp = "MixUp"
  case cutMix = "CutMix"

  /// Those that always do the same, and so suit evaluation.
  static let fixed: [TransformName] = [.resize, .resizing, .centerCrop]

  /// The name among `names`; throws an error that names the nearest.
  init(_ text: String, among names: [TransformName]) throws(AugmentationError) {
    if let name = names.first(where: { $0.rawValue == text }) {
      self = name
      return
    }
    let known = names.map(\.rawValue)
    throw AugmentationError(
      "there is no such transform here; did you mean "
        + "\(nearestName(to: text, among: known) ?? "")? Known: " + known.joined(separator: ", "))
  }

  /// How probable it is unless `p` says so; torchvision's default where it has one.
  var usualProbability: Double {
    switch self {
    case .mirror, .turnUpsideDown, .invert, .posterize, .solarize, .autocontrast, .equalize,
      .sharpness, .erasing:
      0.5
    case .grayscale: 0.1
    default: 1
    }
  }

  /// What the transform does, with the arguments that the user gave; nil for what works on numbers.
  func kind(
    _ arguments: inout TransformArguments
  ) throws(AugmentationError) -> ImageTransform.Kind? {
    switch self {
    case .resize, .resizing: .resize(try Resize(&arguments))
    case .centerCrop: .centerCrop(try CenterCrop(&arguments))
    case .fiveCrop: .corner(try CornerCrop(&arguments))
    case .crop: .crop(try RandomCrop(&arguments))
    case .resizedCrop: .resizedCrop(try RandomResizedCrop(&arguments))
    case .mirror: .mirror
    case .turnUpsideDown: .turnUpsideDown
    case .flip: try flips(&arguments)
    case .rotation: .affine(try RandomAffine(rotation: &arguments))
    case .affine: .affine(try RandomAffine(affine: &arguments))
    case .zoom: .affine(try RandomAffine(zoom: &arguments))
    case .translation: .affine(try RandomAffine(translation: &arguments))
    case .randAugment: .policy(try AutomaticPolicy(randAugment: &arguments))
    case .trivialAugment: .policy(try AutomaticPolicy(trivialAugment: &arguments))
    case .blur: try blur(&arguments)
    case .erasing, .mixUp, .cutMix: nil
    default: try colours(&arguments)
    }
  }

  private func colours(
    _ arguments: inout TransformArguments
  ) throws(AugmentationError) -> ImageTransform.Kind {
    switch self {
    case .jitter: return .jitter(try ColorJitter(&arguments))
    case .brightness:
      return .brightness(
        try arguments.interval("factor", in: -1...1) { $0 >= 0 ? -$0...$0 : nil })
    case .contrast:
      // Keras: one number f for 1 - f … 1 + f, and two for 1 - first … 1 + second.
      let parts = try arguments.numbers("factor", in: 0...10, counts: [1, 2])
      return .contrast(max(0, 1 - parts[0])...1 + parts[parts.count - 1])
    case .grayscale: return .gray
    case .invert: return .adjust(.invert)
    case .posterize: return .adjust(.posterize(bits: try arguments.count("bits", in: 0...8)))
    case .solarize:
      return .adjust(.solarize(threshold: Float(try arguments.number("threshold", in: 0...256))))
    case .autocontrast: return .adjust(.autocontrast)
    case .equalize: return .adjust(.equalize)
    case .sharpness: return .sharpen(try arguments.number("sharpness_factor", in: 0...100))
    default:
      return .noise(
        mean: try arguments.number("mean", default: 0, in: -1...1),
        sigma: try arguments.number("sigma", default: 0.1, in: 0...10))
    }
  }

  private func flips(
    _ arguments: inout TransformArguments
  ) throws(AugmentationError) -> ImageTransform.Kind {
    enum Mode: String, CaseIterable {
      case horizontal, vertical
      case both = "horizontal_and_vertical"
    }
    let mode = try arguments.word("mode", default: Mode.both)
    return .flips(mirrors: mode != .vertical, turns: mode != .horizontal)
  }

  private func blur(
    _ arguments: inout TransformArguments
  ) throws(AugmentationError) -> ImageTransform.Kind {
    let steps = try arguments.size("kernel_size")
    guard steps.height % 2 == 1, steps.width % 2 == 1,
      max(steps.height, steps.width) <= ImageCanvas.longestBlur
    else {
      throw AugmentationError(
        "kernel_size must be odd and at most \(ImageCanvas.longestBlur), not \(steps)")
    }
    return .blur(
      steps, sigma: try arguments.interval("sigma", default: 0.1...2, in: 0.01...100) { $0...$0 })
  }
}
