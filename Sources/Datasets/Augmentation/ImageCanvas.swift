internal import Kernels
internal import Storage

/// An image on its way through operations.
///
/// Crops, flips and a resizing wait until something needs their result; so a crop, a flip and the
/// normalization are one pass over the bytes. All memory is allocated at once.
internal final class ImageCanvas {
  /// How much memory operations need.
  struct Capacity {
    /// The most bytes of an image between two operations.
    var bytes = 0
    /// The largest image that is resized, and the largest that is made of one; nil for none.
    var resizing: (source: Extent2D, target: Extent2D)?
    /// Whether any operation blurs.
    var blurs = false
  }

  private let channels: Int
  private let buffers: [MemoryView<UInt8>]
  private let memory: AlignedArray<UInt8>
  private let resizer: Resizer?
  private let between: AlignedArray<Float>
  private let weights = AlignedArray<Float>(count: 2 * longestBlur)
  private let tables: AlignedArray<UInt8>
  private let counts: AlignedArray<Int>

  /// The bytes that were there last, and their height and width.
  private var pixels: MemoryView<UInt8>
  private var size: Extent2D = 1
  /// Which of the buffers holds them; nil for the image as it came.
  private var buffer: Int?
  /// A resizing that waits: what part of the bytes, and to what size.
  private var resizing: (region: PixelWindow, target: Extent2D)?
  /// A window that waits, on the bytes, or on what the resizing makes of them.
  private var window = PixelWindow(1)
  /// What stands where the window reaches beyond them.
  private var fill: [UInt8]

  /// The most steps of a blur along one axis.
  static let longestBlur = 255

  init(_ capacity: Capacity, channels: Int) {
    self.channels = channels
    memory = AlignedArray(count: 2 * capacity.bytes)
    let elements = unsafe memory.unsafeElements
    buffers = [0, capacity.bytes].map { start in
      unsafe MemoryView(elements.extracting(start..<start + capacity.bytes))
    }
    resizer = capacity.resizing.map {
      Resizer(largest: $0.source, target: $0.target, channels: channels)
    }
    between = AlignedArray(count: capacity.blurs ? capacity.bytes : 0)
    tables = AlignedArray(count: 256 * channels)
    counts = AlignedArray(count: 256 * channels)
    fill = [UInt8](repeating: 0, count: channels)
    pixels = buffers[0]
  }

  /// Begins with an image [H, W, C], which must stay where it is until the canvas is done with it.
  func begin(_ image: MemoryView<UInt8>, size: Extent2D) {
    pixels = image
    buffer = nil
    resizing = nil
    self.size = size
    window = PixelWindow(size)
  }

  /// Does one operation.
  func apply(_ operation: ImageOperation) {
    switch operation {
    case .mirror: window.isMirrored.toggle()
    case .turnUpsideDown: window.isUpsideDown.toggle()
    case .crop(let part, let edge): crop(part, edge)
    case .resize(let region, let target): resize(region, to: target)
    case .affine(let map, let interpolation, let edge):
      into { source, target in
        resample(
          source, size: size, through: map, interpolation: interpolation, border: edge.border,
          fill: edge.fill.span, into: &target)
      }
    case .adjust(let adjustment): adjust(adjustment)
    case .saturate(let factor): inPlace { saturate(&$0, channels: channels, factor: factor) }
    case .turnHue(let shift): inPlace { turnHue(&$0, channels: channels, by: shift) }
    case .sharpen(let factor):
      into { source, target in
        sharpen(source, size: size, channels: channels, factor: factor, into: &target)
      }
    case .blur(let steps, let sigma): blur(steps, sigma)
    case .noise(let mean, let sigma, let random):
      inPlace { addNoise(&$0, mean: mean, sigma: sigma, random, from: Draws.firstPixel) }
    }
  }

  /// Overwrites `output` [h, w, C] with the image as numbers; `table` [C, 256] has those of bytes.
  func normalize(table: Span<Float>, into output: inout MutableSpan<Float>) {
    settleResizing()
    let (pixels, fill) = (pixels, fill)
    normalizeWindow(
      window, of: pixels.read(0..<size.count * channels), size: size, fill: fill.span,
      table: table, into: &output)
  }

  private func crop(_ part: PixelWindow, _ edge: Edge) {
    let reachesOut = !part.isInside(window.size)
    // What an earlier crop took away must not come back.
    if reachesOut && window != PixelWindow(resizing?.target ?? size) { settle() }
    if reachesOut && edge.border != .constant {
      settle()
      into(part.size) { source, target in
        copyWindow(
          part, of: source, size: size, border: edge.border, fill: edge.fill.span, into: &target)
      }
      return
    }
    if reachesOut { fill = edge.fill }
    window = window.part(top: part.top, left: part.left, part.size)
  }

  private func resize(_ region: PixelWindow, to target: Extent2D) {
    if resizing != nil || !window.isInside(size) || window.isMirrored || window.isUpsideDown {
      settle()
    }
    resizing = (window.part(top: region.top, left: region.left, region.size), target)
    window = PixelWindow(target)
  }

  /// Does a resizing that waits; of its result only what the window shows.
  private func settleResizing() {
    guard let (region, target) = resizing, let resizer else { return }
    var part = PixelWindow(top: window.top, left: window.left, window.size)
    if !part.isInside(target) { part = PixelWindow(target) }
    let before = pixels
    let source = before.read(0..<size.count * channels)
    let free = buffer == 0 ? 1 : 0
    let after = buffers[free]
    var output = after.write(0..<part.size.count * channels)
    resizer.resize(region, of: source, size: size, to: target, part: part, into: &output)
    take(free, part.size)
    window.top -= part.top
    window.left -= part.left
    resizing = nil
  }

  /// Brings about that the bytes are the image.
  private func settle() {
    settleResizing()
    if window.isWhole(of: size) { return }
    let (window, fill) = (window, fill)
    write(window.size) { source, target in
      copyWindow(
        window, of: source, size: size, border: .constant, fill: fill.span, into: &target)
    }
    self.window = PixelWindow(size)
  }

  private func adjust(_ adjustment: PointAdjustment) {
    let countView = unsafe MemoryView(self.counts.unsafeElements)
    let tableView = unsafe MemoryView(self.tables.unsafeElements)
    inPlace { pixels in
      var counts = countView.write(0..<countView.count)
      var tables = tableView.write(0..<tableView.count)
      if adjustment.needsCounts {
        counts.update(repeating: 0)
        countPixelValues(pixels.span, channels: channels, into: &counts)
      }
      let gray =
        adjustment.needsLuminance ? meanLuminance(pixels.span, channels: channels) : 0
      adjustment.fill(&tables, counts: counts.span, gray: gray)
      lookUpPixels(&pixels, tables: tables.span)
    }
  }

  private func blur(_ steps: Extent2D, _ sigma: Double) {
    let weights = unsafe MemoryView(self.weights.unsafeElements)
    let between = unsafe MemoryView(self.between.unsafeElements)
    var down = weights.write(0..<steps.height)
    fillGaussWeights(&down, sigma: sigma)
    var along = weights.write(Self.longestBlur..<Self.longestBlur + steps.width)
    fillGaussWeights(&along, sigma: sigma)
    into { source, target in
      var between = between.write(0..<source.count)
      Kernels.blur(
        source, size: size, channels: channels, down: weights.read(0..<steps.height),
        along: weights.read(Self.longestBlur..<Self.longestBlur + steps.width),
        between: &between, into: &target)
    }
  }

  /// Lets `body` change the image's bytes.
  private func inPlace(_ body: (inout MutableSpan<UInt8>) -> Void) {
    settle()
    if buffer == nil {
      write(size) { source, target in
        for index in 0..<source.count { target[index] = source[index] }
      }
    }
    let pixels = pixels
    var bytes = pixels.write(0..<size.count * channels)
    body(&bytes)
  }

  /// Lets `body` make the image anew, in a size.
  private func into(
    _ size: Extent2D? = nil, _ body: (Span<UInt8>, inout MutableSpan<UInt8>) -> Void
  ) {
    settle()
    write(size ?? self.size, body)
    window = PixelWindow(self.size)
  }

  /// Lets `body` write bytes of a size into the free buffer, which are then those of the canvas.
  private func write(
    _ size: Extent2D, _ body: (Span<UInt8>, inout MutableSpan<UInt8>) -> Void
  ) {
    let free = buffer == 0 ? 1 : 0
    let (before, after) = (pixels, buffers[free])
    let source = before.read(0..<self.size.count * channels)
    var target = after.write(0..<size.count * channels)
    body(source, &target)
    take(free, size)
  }

  private func take(_ buffer: Int, _ size: Extent2D) {
    pixels = buffers[buffer]
    self.buffer = buffer
    self.size = size
  }
}
