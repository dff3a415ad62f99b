internal import Images
internal import Kernels
internal import Storage

/// A picture of what a list of transforms does: a row a sample, first as evaluation sees it, then
/// as training sees it in one epoch after the other.
public struct AugmentationPreview {
  /// The picture as a PNG file.
  public let png: [UInt8]
  /// Its parts, row by row.
  public let cells: [PreviewCell]

  /// White pixels around every part.
  private static let gap = 2

  /// Draws the samples of a store in epochs 0 ..< `epochs`; the lists must suit the store's images.
  ///
  /// The samples are mixed with each other as if they were one micro-batch.
  public init(
    _ store: SampleStore, samples: [UInt32], epochs: Int, augmentation: Augmentation,
    evaluation: Augmentation, normalization: Normalization, seed: UInt64
  ) throws {
    let order = PreviewOrder(samples)
    let trained = ImagePipeline(
      augmentation, seed: seed, for: store, normalization: normalization)
    let judged = ImagePipeline(
      evaluation, seed: seed, for: store, normalization: normalization)
    var sheet = Sheet(
      cell: trained.outputSize, rows: samples.count, columns: epochs + 1, gap: Self.gap)
    var cells: [[PreviewCell]] = samples.map { _ in [] }
    for column in 0...epochs {
      let pipeline = column == 0 ? judged : trained
      let source = MicroBatchSource(
        order, store: store, pipeline: pipeline, microBatch: samples.count)
      let memory = source.makeMemory()
      try source.read(max(column - 1, 0), into: memory)
      for (row, sample) in samples.enumerated() {
        let identity = SampleIdentity(epoch: UInt32(max(column - 1, 0)), sample: sample)
        let place = sheet.place(row, column)
        sheet.draw(memory.images, image: row, at: place, normalization)
        cells[row].append(
          PreviewCell(
            sample: sample, epoch: column == 0 ? nil : identity.epoch, x: place.x, y: place.y,
            operations: pipeline.operations(on: source.sizes[row], identity).map(\.description)))
      }
    }
    self.cells = cells.flatMap { $0 }
    png = try encodePNG(sheet.pixels, width: sheet.size.width, height: sheet.size.height)
  }
}

/// The given samples in each epoch.
private final class PreviewOrder: SampleOrder {
  private let samples: [UInt32]

  init(_ samples: [UInt32]) { self.samples = samples }

  func identify(_ number: Int, into identities: inout MutableSpan<SampleIdentity>) -> Int {
    for slot in 0..<identities.count {
      identities[slot] = SampleIdentity(epoch: UInt32(number), sample: samples[slot])
    }
    return samples.count
  }

  var hasSubstitutes: Bool { false }

  func substitute(for identity: SampleIdentity, attempt: Int) -> SampleIdentity { identity }
}

/// White paper for rows and columns of images.
private struct Sheet {
  let size: Extent2D
  /// RGB.
  private(set) var pixels: [UInt8]
  private let cell: Extent2D
  private let gap: Int

  init(cell: Extent2D, rows: Int, columns: Int, gap: Int) {
    self.cell = cell
    self.gap = gap
    size = Extent2D(rows * (cell.height + gap) + gap, columns * (cell.width + gap) + gap)
    pixels = [UInt8](repeating: 255, count: 3 * size.count)
  }

  func place(_ row: Int, _ column: Int) -> (x: Int, y: Int) {
    (gap + column * (cell.width + gap), gap + row * (cell.height + gap))
  }

  /// Draws one of several images of numbers, its normalization undone; one channel is gray, and of
  /// more than three the first ones are shown.
  mutating func draw(
    _ images: borrowing AlignedArray<Float>, image: Int, at place: (x: Int, y: Int),
    _ normalization: Normalization
  ) {
    let channels = normalization.means.count
    let first = image * cell.count * channels
    for row in 0..<cell.height {
      for column in 0..<cell.width {
        for colour in 0..<3 {
          let channel = channels < 3 ? 0 : colour
          let deviation = normalization.deviations[channel]
          let number = images[first + (row * cell.width + column) * channels + channel]
          let part =
            Double(number) * (deviation == 0 ? 1 : deviation) + normalization.means[channel]
          let target = 3 * ((place.y + row) * size.width + place.x + column) + colour
          pixels[target] = UInt8(max(0, min(255, (255 * part).rounded())))
        }
      }
    }
  }
}
