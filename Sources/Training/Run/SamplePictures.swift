import Datasets
import EventFiles
import Images
import Storage

/// Pictures of samples as the network sees them, in colours that people see.
struct SamplePictures {
  private let shape: Shape
  private let means: [Double]
  private let deviations: [Double]

  /// Pictures of samples [H, W, C] of a data set after some transforms, normalized so; throws if
  /// the transforms do not fit.
  init(
    of samples: Shape, after transforms: Augmentation, _ normalization: Normalization
  ) throws {
    let size = try transforms.outputSize(of: samples.extent)
    shape = Shape([size.height, size.width, samples.channels])
    means = normalization.means
    deviations = normalization.deviations.map { $0 == 0 ? 1 : $0 }
  }

  /// The PNG file of one of some normalized images [N, H, W, C].
  func png(of index: Int, in images: Span<Float>) throws -> [UInt8] {
    try encodePNG(pixels(of: index, in: images), width: shape[1], height: shape[0])
  }

  /// The first images [N, H, W, C] side by side, small ones enlarged.
  func grid(of count: Int, in images: Span<Float>) throws -> EventValue.Content {
    let columns = Int(Double(count).squareRoot().rounded(.up))
    let rows = (count + columns - 1) / columns
    let scale = max(1, Self.usefulSide / max(shape[0], shape[1]))
    // A line of one pixel between neighbours.
    let (cellHeight, cellWidth) = (scale * shape[0] + 1, scale * shape[1] + 1)
    let (height, width) = (rows * cellHeight - 1, columns * cellWidth - 1)
    var grid = [UInt8](repeating: 255, count: height * width * shownChannels)
    for index in 0..<count {
      let picture = pixels(of: index, in: images)
      let corner = (index / columns * cellHeight) * width + index % columns * cellWidth
      for y in 0..<scale * shape[0] {
        for x in 0..<scale * shape[1] {
          let source = (y / scale * shape[1] + x / scale) * shownChannels
          let target = (corner + y * width + x) * shownChannels
          for channel in 0..<shownChannels { grid[target + channel] = picture[source + channel] }
        }
      }
    }
    return .image(
      png: try encodePNG(grid, width: width, height: height), width: width, height: height,
      isGray: shownChannels == 1)
  }

  /// The longer side that a sample is enlarged to, in pixels, in whole multiples.
  private static let usefulSide = 96

  /// Of channels other than 1 and 3 the first is shown, in gray.
  private var shownChannels: Int { shape.channels == 3 ? 3 : 1 }

  /// One of some normalized images, in bytes [H, W, shown channels].
  private func pixels(of index: Int, in images: Span<Float>) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: shape.positions * shownChannels)
    for position in 0..<shape.positions {
      for channel in 0..<shownChannels {
        let place = (index * shape.positions + position) * shape.channels + channel
        let level = 255 * (Double(images[place]) * deviations[channel] + means[channel])
        bytes[position * shownChannels + channel] = UInt8(max(0, min(255, level.rounded())))
      }
    }
    return bytes
  }
}

extension Evaluator.Set {
  /// PNG files of some of its samples, by their numbers in the store.
  func pictures(of samples: [Int]) throws -> [[UInt8]] {
    guard !samples.isEmpty else { return [] }
    let reader = EvaluationReader(
      store: store, samples: samples.map { UInt32($0) }, augmentation: views[0],
      normalization: normalization, microBatch: samples.count, share: 0..<1)
    var microBatches = reader.microBatches()
    guard let microBatch = try microBatches.next() else { return [] }
    let pictures = try SamplePictures(of: store.shape, after: views[0], normalization)
    return try samples.indices.map { try pictures.png(of: $0, in: microBatch.images) }
  }
}
