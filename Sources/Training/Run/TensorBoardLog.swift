import EventFiles
import Images
import Journal
import Storage

/// The event file of this start of a run, which TensorBoard reads.
///
/// The first failure ends it: one complaint, and training goes on.
final class TensorBoardLog {
  private var file: EventFile?

  /// Creates the file in the run's folder; throws if that fails.
  init(_ folder: RunFolder, after step: Int, host: String) throws(FileError) {
    file = try EventFile(in: folder.path, after: step, host: host)
  }

  /// Adds what an event of `metrics.jsonl` says in numbers, and its confusion matrix as a picture;
  /// throws once if that fails.
  func append(_ event: Event) throws {
    var values = Self.scalars(of: event).compactMap { tag, value in
      value.map { EventValue(tag, .scalar($0)) }
    }
    if let split = event.split, let matrix = event.matrix.flatMap(ConfusionMatrix.init) {
      values.append(EventValue("confusion/\(split)", try matrix.picture()))
    }
    try append(values, step: event.step ?? 0, time: event.time)
  }

  /// Adds values after so many steps; throws once if that fails.
  func append(_ values: [EventValue], step: Int, time: Double) throws(FileError) {
    do {
      try file?.append(values, step: step, time: time)
    } catch {
      file = nil
      throw error
    }
  }

  /// The numbers of an event, with their tags.
  private static func scalars(of event: Event) -> [(tag: String, value: Double?)] {
    switch event.event {
    case "step":
      [
        ("loss/train", event.loss), ("accuracy/train", event.accuracy),
        ("training/rate", event.rate), ("training/gradient_norm", event.gradientNorm),
        ("training/images_per_second", event.imagesPerSecond), ("training/epoch", event.epoch),
      ]
    case "evaluation":
      [
        ("loss/\(event.split ?? "")", event.loss),
        ("accuracy/\(event.split ?? "")", event.accuracy),
      ]
    default: []
    }
  }
}

extension ConfusionMatrix {
  /// The matrix as a picture: rows are labels; the darker, the larger the part of its row.
  fileprivate func picture() throws -> EventValue.Content {
    // About 300 pixels wide, and at least one for each class.
    let cell = max(1, 300 / max(1, classCount))
    let size = cell * classCount
    var pixels = [UInt8](repeating: 255, count: 3 * size * size)
    for label in 0..<classCount {
      let samples = max(1, figures(of: label).samples)
      for predicted in 0..<classCount where self[label, predicted] > 0 {
        let share = (Double(self[label, predicted]) / Double(samples)).squareRoot()
        let full: [Double] = label == predicted ? [16, 110, 80] : [190, 40, 60]
        let color = full.map { UInt8(255 + ($0 - 255) * (0.1 + 0.9 * share)) }
        for y in label * cell..<(label + 1) * cell {
          for x in predicted * cell..<(predicted + 1) * cell {
            for channel in 0..<3 { pixels[3 * (y * size + x) + channel] = color[channel] }
          }
        }
      }
    }
    let png = try encodePNG(pixels, width: size, height: size)
    return .image(png: png, width: size, height: size, isGray: false)
  }
}
