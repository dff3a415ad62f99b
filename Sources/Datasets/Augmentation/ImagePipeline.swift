internal import Kernels
internal import Storage

/// Makes numbers for the network of samples' bytes, by way of a list of transforms.
///
/// All memory is allocated at once; one thread at a time uses it.
internal final class ImagePipeline {
  /// Height and width of what comes out.
  let outputSize: Extent2D
  private let augmentation: Augmentation
  private let seed: UInt64
  private let channels: Int
  /// What each byte of each channel becomes [C, 256].
  private let table: AlignedArray<Float>
  private let canvas: ImageCanvas
  private var list = OperationList()
  /// Memory for one image, where samples are mixed.
  private let last: AlignedArray<Float>

  /// A pipeline for images of at most `largest` pixels; throws if the list does not suit them.
  init(
    _ augmentation: Augmentation, seed: UInt64, largest: Extent2D, normalization: Normalization
  ) throws(AugmentationError) {
    channels = normalization.means.count
    self.augmentation = try augmentation.resolved(channels: channels)
    self.seed = seed
    outputSize = try augmentation.outputSize(of: largest)
    canvas = ImageCanvas(
      try augmentation.capacity(of: largest, channels: channels), channels: channels)
    last = AlignedArray(count: augmentation.mixing.isEmpty ? 0 : outputSize.count * channels)
    var table = AlignedArray<Float>(count: 256 * channels)
    var entries = table.mutableSpan
    fillNormalizationTable(
      means: normalization.means, deviations: normalization.deviations, into: &entries)
    self.table = table
  }

  /// A pipeline for images of `shape`, [H, W, C], which the list must suit: that is known since
  /// `Augmentation.outputSize(of:)` did not throw.
  convenience init(
    _ augmentation: Augmentation, seed: UInt64, shape: Shape, normalization: Normalization
  ) {
    precondition(
      normalization.means.count == shape.channels,
      "\(normalization.means.count) means for images of \(shape)")
    do throws(AugmentationError) {
      try self.init(
        augmentation, seed: seed, largest: shape.extent, normalization: normalization)
    } catch {
      preconditionFailure(error.message)
    }
  }

  /// A pipeline for the samples of a store; see `init(_:seed:shape:normalization:)`.
  convenience init(
    _ augmentation: Augmentation, seed: UInt64, for store: SampleStore, normalization: Normalization
  ) {
    guard augmentation.takesAnySize, let images = store.encodedImages else {
      self.init(augmentation, seed: seed, shape: store.shape, normalization: normalization)
      return
    }
    self.init(
      augmentation, seed: seed,
      shape: Shape([images.longestSide, images.longestSide, store.shape.channels]),
      normalization: normalization)
  }

  /// Whether image files are to be read at their own size.
  var seesWholeImages: Bool { augmentation.takesAnySize }

  /// Whether samples of a micro-batch are mixed.
  var mixes: Bool { !augmentation.mixing.isEmpty }

  /// The operations that the image of a sample goes through.
  func operations(on size: Extent2D, _ identity: SampleIdentity) -> [ImageOperation] {
    draw(size, identity)
    return list.operations
  }

  /// Overwrites `output` [h, w, C] with the numbers of one sample.
  func run(
    _ pixels: Span<UInt8>, size: Extent2D, _ identity: SampleIdentity,
    into output: inout MutableSpan<Float>
  ) {
    let table = unsafe MemoryView(table.unsafeElements)
    if augmentation.images.isEmpty {
      normalizePixels(
        pixels, table: table.read(0..<table.count), channels: channels, into: &output)
    } else {
      draw(size, identity)
      unsafe pixels.withUnsafeBufferPointer { pixels in
        canvas.begin(unsafe MemoryView(UnsafeMutableBufferPointer(mutating: pixels)), size: size)
        for operation in list.operations { canvas.apply(operation) }
        canvas.normalize(table: table.read(0..<table.count), into: &output)
      }
    }
    for erasing in augmentation.erasing {
      erasing.apply(&output, size: outputSize, identity, seed: seed)
    }
  }

  /// Mixes the samples of a micro-batch [N, h, w, C]; returns which share of each is its own, the
  /// rest being of the one before it.
  func mix(_ images: inout MutableSpan<Float>, _ first: SampleIdentity) -> Float {
    let mixing = augmentation.mixing
    var draws = Draws(seed: seed, place: Self.choicePlace, first)
    let choice = mixing.count == 1 ? 0 : draws.integer(below: mixing.count)
    let view = unsafe MemoryView(last.unsafeElements)
    var last = view.write(0..<view.count)
    return mixing[choice].apply(&images, size: outputSize, first, seed: seed, last: &last)
  }

  /// The numbers for the choice among several ways of mixing, where no transform can stand.
  private static let choicePlace = 1 << 20

  private func draw(_ size: Extent2D, _ identity: SampleIdentity) {
    list.begin(size)
    for transform in augmentation.images { transform.draw(identity, seed: seed, into: &list) }
  }
}
