internal import Kernels
internal import Storage

/// One transform of a list, and how probably it is done.
internal struct ImageTransform: Sendable {
  /// Its place in the list, from 0: its random numbers are its own.
  let place: Int
  let probability: Double
  let kind: Kind

  /// What is done.
  enum Kind: Sendable {
    case mirror
    case turnUpsideDown
    /// Keras's RandomFlip: an even chance for each.
    case flips(mirrors: Bool, turns: Bool)
    case crop(RandomCrop)
    case centerCrop(CenterCrop)
    case corner(CornerCrop)
    case resize(Resize)
    case resizedCrop(RandomResizedCrop)
    case affine(RandomAffine)
    case jitter(ColorJitter)
    /// A number in the range, drawn for an adjustment of bytes.
    case brightness(ClosedRange<Double>)
    case contrast(ClosedRange<Double>)
    case adjust(PointAdjustment)
    case gray
    case sharpen(Double)
    case blur(Extent2D, sigma: ClosedRange<Double>)
    case noise(mean: Double, sigma: Double)
    case policy(AutomaticPolicy)
  }

  /// The size that an image of the given size gets; throws if it is too small.
  func outputSize(of image: Extent2D) throws(AugmentationError) -> Extent2D {
    switch kind {
    case .crop(let crop): try crop.outputSize(of: image)
    case .centerCrop(let crop): crop.outputSize
    case .corner(let crop): try crop.outputSize(of: image)
    case .resize(let resize): resize.outputSize(of: image)
    case .resizedCrop(let crop): crop.size
    default: image
    }
  }

  /// Appends what is done to the sample with the given identity.
  func draw(_ identity: SampleIdentity, seed: UInt64, into list: inout OperationList) {
    var draws = Draws(seed: seed, place: place, identity)
    guard draws.happens(probability) else { return }
    switch kind {
    case .mirror: list.append(.mirror)
    case .turnUpsideDown: list.append(.turnUpsideDown)
    case .flips(let mirrors, let turns):
      if mirrors && draws.happens(0.5) { list.append(.mirror) }
      if turns && draws.happens(0.5) { list.append(.turnUpsideDown) }
    case .crop(let crop): crop.draw(&draws, into: &list)
    case .centerCrop(let crop): crop.draw(into: &list)
    case .corner(let crop): crop.draw(into: &list)
    case .resize(let resize): resize.draw(into: &list)
    case .resizedCrop(let crop): crop.draw(&draws, into: &list)
    case .affine(let affine): affine.draw(&draws, into: &list)
    case .jitter(let jitter): jitter.draw(&draws, into: &list)
    case .brightness(let range):
      list.append(.adjust(.shift(Float(255 * draws.number(in: range)))))
    case .contrast(let range):
      list.append(.adjust(.channelContrast(Float(draws.number(in: range)))))
    case .adjust(let adjustment): list.append(.adjust(adjustment))
    case .gray: list.append(.saturate(0))
    case .sharpen(let factor): list.append(.sharpen(Float(factor)))
    case .blur(let steps, let sigma): list.append(.blur(steps, sigma: draws.number(in: sigma)))
    case .noise(let mean, let sigma):
      list.append(.noise(mean: 255 * mean, sigma: 255 * sigma, draws.pixels))
    case .policy(let policy): policy.draw(&draws, into: &list)
    }
  }
}
