internal import Images
public import Storage
internal import Synchronization

/// Reads image files of any size as a network sees them: brought to its size, normalized.
public final class ImageFileReader: Sendable {
  private let shape: Shape
  private let rule: ResizeRule
  private let views: [Augmentation]
  private let normalization: Normalization
  private let cores: Int

  /// A reader of images that are brought by `rule` to `shape` [H, W, C], the data set's, and then go
  /// through the transforms of each of `views`, which must suit that; throws unless C is 1 (gray) or
  /// 3 (RGB).
  public init(
    shape: Shape, rule: ResizeRule, views: [Augmentation], normalization: Normalization, cores: Int
  ) throws(DatasetError) {
    guard [1, 3].contains(shape.channels) else {
      throw DatasetError(
        "the model", "it takes images of \(shape.channels) channels, and image files have 1 or 3",
        remedy: "evaluate it on a data folder", exitCode: .usage)
    }
    self.shape = shape
    self.rule = rule
    self.cores = cores
    self.views = views
    self.normalization = normalization
  }

  /// Overwrites `images` [views, N, h, w, C] with the images of at most N files, on several cores.
  ///
  /// - Returns: for each file why it could not be read; nil where it was.
  public func read(
    _ paths: [String], into images: MemoryView<Float>, ofViewsWith microBatch: Int
  ) -> [(any Error)?] {
    precondition(paths.count <= microBatch, "\(paths.count) files for \(microBatch) places")
    let faults = Mutex([(any Error)?](repeating: nil, count: paths.count))
    Jobs.share(paths.count, on: cores) { jobs in
      let decoder = SampleDecoder(shape, by: rule)
      let pipelines = views.map {
        ImagePipeline($0, seed: 0, shape: shape, normalization: normalization)
      }
      var pixels = [UInt8](repeating: 0, count: shape.count)
      while let file = jobs.next() {
        do {
          var target = pixels.mutableSpan
          try decoder.decode(fileAt: paths[file], into: &target)
          for (view, pipeline) in pipelines.enumerated() {
            let size = pipeline.outputSize.count * shape.channels
            let place = (view * microBatch + file) * size
            var image = images.write(place..<place + size)
            pipeline.run(
              target.span, size: shape.extent, SampleIdentity(epoch: 0, sample: 0), into: &image)
          }
        } catch {
          faults.withLock { $0[file] = error }
        }
      }
    }
    return faults.withLock { $0 }
  }
}

extension SampleDecoder {
  /// Overwrites `target` [H, W, C] with the image in the file at `path`.
  fileprivate func decode(fileAt path: String, into target: inout MutableSpan<UInt8>) throws {
    let file = try MappedFile(path)
    do throws(ImageError) {
      try decode(file.bytes, into: &target)
    } catch {
      throw DatasetError(path, error.message, remedy: "repair it or leave it out")
    }
  }
}

/// The image files that paths stand for.
public enum ImageFileList {
  /// The paths themselves; of a folder all files under it that are named as JPEG or PNG files are,
  /// in the order of torchvision's ImageFolder.
  public static func list(_ paths: [String]) throws -> [String] {
    try paths.flatMap { path -> [String] in
      guard Folder.exists(path) else { return [path] }
      let found = try files(under: path.hasSuffix("/") ? String(path.dropLast()) : path).filter {
        ImageFormat.isUsual(nameOf: $0)
      }
      guard !found.isEmpty else {
        throw DatasetError(
          path, "there is no JPEG or PNG file under it", remedy: "name another folder, or files",
          exitCode: .noInput)
      }
      return found
    }
  }
}
