import Storage

/// Normalized images and labels made up in memory: several micro-batches, to be taken in turn.
@safe final class SyntheticImages {
  private let images: AlignedArray<Float>
  private let labels: AlignedArray<Int32>
  private let identities: AlignedArray<SampleIdentity>
  private let microBatch: Int
  private let sampleCount: Int
  private let imageSize: Int
  private var next = 0

  /// Makes up `microBatches` micro-batches; every `rank` has others.
  init(shape: Shape, classes: Int, microBatch: Int, microBatches: Int, rank: Int) {
    self.microBatch = microBatch
    sampleCount = microBatch * microBatches
    imageSize = shape.count
    var images = AlignedArray<Float>(count: sampleCount * imageSize)
    var labels = AlignedArray<Int32>(count: sampleCount)
    var identities = AlignedArray<SampleIdentity>(count: sampleCount)
    for sample in 0..<sampleCount {
      let random = RandomStream(
        seed: 1, purpose: .synthesis, epoch: UInt32(rank), sample: UInt32(sample))
      // A uniform number of variance 1 serves as well as a normal one, and is made faster.
      var pixels = images.mutableSpan
      for pixel in 0..<imageSize {
        pixels[sample * imageSize + pixel] = (random.uniform(pixel) - 0.5) * 3.4641
      }
      labels[sample] = Int32(random.integer(below: classes, at: imageSize))
      identities[sample] = SampleIdentity(epoch: 0, sample: UInt32(sample))
    }
    self.images = images
    self.labels = labels
    self.identities = identities
  }

  /// Goes on to the next micro-batch.
  func advance() { next = (next + microBatch) % sampleCount }

  /// The images [b, H, W, C] of the micro-batch.
  var currentImages: Span<Float> {
    @_lifetime(borrow self) get {
      let part = next * imageSize..<(next + microBatch) * imageSize
      let pixels = unsafe images.unsafeElements.extracting(part)
      return unsafe _overrideLifetime(pixels.span, borrowing: self)
    }
  }

  /// The labels [b] of the micro-batch.
  var currentLabels: Span<Int32> {
    @_lifetime(borrow self) get {
      let part = unsafe labels.unsafeElements.extracting(next..<next + microBatch)
      return unsafe _overrideLifetime(part.span, borrowing: self)
    }
  }

  /// Which samples the micro-batch has [b].
  var currentIdentities: Span<SampleIdentity> {
    @_lifetime(borrow self) get {
      let part = unsafe identities.unsafeElements.extracting(next..<next + microBatch)
      return unsafe _overrideLifetime(part.span, borrowing: self)
    }
  }
}
