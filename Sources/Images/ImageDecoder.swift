/// Decodes image files, one after the other, in memory that is kept from one to the next.
///
/// After the largest file only the codecs themselves allocate. One thread at a time uses a decoder.
public final class ImageDecoder {
  private var picture = DecodedImage()
  private var spare: [UInt8] = []
  private var chunks = PNGChunks()
  private var words: [UInt16] = []
  private var resampling = Resampling()
  private let pixelLimit: Int

  /// A decoder that refuses images of more than `pixelLimit` pixels.
  public init(pixelLimit: Int = Image.usualPixelLimit) { self.pixelLimit = pixelLimit }

  /// Takes the memory for files of up to so many bytes with images of up to so many pixels, which
  /// then cover a target of the given size; it costs nothing until it is used.
  public func reserve(
    file: Int, pixels: Int, side: Int, covering target: (width: Int, height: Int)
  ) {
    let pixels = min(pixels, pixelLimit)
    // Four channels, where there is alpha or black.
    picture.pixels.reserveCapacity(4 * pixels)
    spare.reserveCapacity(4 * pixels)
    words.reserveCapacity(4 * pixels)
    chunks.reserve(file)
    resampling.reserve(side: side, width: target.width, height: target.height)
  }

  /// The number of columns of the pixels.
  public var width: Int { picture.width }
  /// The number of rows of the pixels.
  public var height: Int { picture.height }
  /// The picture's size in its file, upright; larger than that of the pixels where a JPEG was
  /// decoded at a part of its size.
  public var fullSize: (width: Int, height: Int) { (picture.fullWidth, picture.fullHeight) }
  /// The pixels [H, W, 3] of the image decoded last.
  public var pixels: Span<UInt8> {
    @_lifetime(borrow self) get {
      unsafe _overrideLifetime(unsafePixels.span, borrowing: self)
    }
  }

  /// The same pixels: they stay where they are until the next image is decoded.
  @unsafe public var unsafePixels: UnsafeBufferPointer<UInt8> {
    let memory = unsafe picture.pixels.withUnsafeBufferPointer { unsafe $0 }
    return memory.extracting(0..<3 * width * height)
  }

  /// Decodes the bytes of a JPEG or PNG file, whichever they are by their content, to upright RGB.
  ///
  /// A JPEG comes out at 1/2, 1/4 or 1/8 of its size where at least twice the size `covered` is left
  /// (PIL's `reducing_gap=2.0`): over 244 photographs 0.35 levels from a full decoding in the mean,
  /// where leaving less gave 1.1.
  public func decode(
    _ bytes: RawSpan, covering covered: (width: Int, height: Int)? = nil
  ) throws(ImageError) {
    let orientation: Orientation
    switch try ImageFormat(of: bytes) {
    case .jpeg:
      let markers = JPEGMarkers(bytes)
      orientation = markers.orientation
      try decodeJPEG(
        bytes, markers,
        covering: covered.map { orientation.swapsAxes ? ($0.height, $0.width) : $0 },
        pixelLimit: pixelLimit, into: &picture)
    case .png:
      try chunks.read(bytes)
      orientation = chunks.orientation
      try decodePNG(chunks, pixelLimit: pixelLimit, words: &words, into: &picture)
    }
    picture.apply(orientation, with: &spare)
  }

  /// Overwrites `target` [height, width, 3] with the image decoded last, as torchvision's `Resize`
  /// and `CenterCrop` do on a PIL image: made as small as covers the target, in its proportions, and
  /// the middle cut out.
  ///
  /// Bilinear with antialiasing, in PIL's fixed-point arithmetic: the same bits on every machine.
  public func cover(width: Int, height: Int, into target: inout MutableSpan<UInt8>) {
    let (fullWidth, fullHeight) = fullSize
    resample(
      to: (
        max(height * fullWidth / fullHeight, width), max(width * fullHeight / fullWidth, height)
      ), middle: (width, height), into: &target)
  }

  /// Overwrites `target` [height, width, 3] with the image decoded last, each axis brought to its
  /// length, as torchvision's `Resize((height, width))` does on a PIL image; the same bits on every
  /// machine.
  public func stretch(width: Int, height: Int, into target: inout MutableSpan<UInt8>) {
    resample(to: (width, height), middle: (width, height), into: &target)
  }

  /// Overwrites `target` with the middle of the image at the size `whole`.
  private func resample(
    to whole: (width: Int, height: Int), middle: (width: Int, height: Int),
    into target: inout MutableSpan<UInt8>
  ) {
    precondition(
      middle.width > 0 && middle.height > 0 && target.count == 3 * middle.width * middle.height,
      "\(target.count) bytes for an image of \(middle.width)×\(middle.height)")
    resampling.columns.set(
      source: picture.width, from: picture.box.left, to: picture.box.right, target: whole.width,
      middle: middle.width)
    resampling.rows.set(
      source: picture.height, from: picture.box.top, to: picture.box.bottom, target: whole.height,
      middle: middle.height)
    resampling.run(picture, into: &target)
  }

  /// Gives the pixels of the image decoded last away; the next one gets new memory.
  internal func takePixels() -> [UInt8] {
    var pixels: [UInt8] = []
    swap(&pixels, &picture.pixels)
    pixels.removeLast(pixels.count - 3 * width * height)
    return pixels
  }
}
