internal import Dispatch
internal import Images
public import Storage
internal import Synchronization

/// Reads image files of any size as a network sees them: covering its input, normalized.
public final class ImageFileReader: Sendable {
  private let shape: Shape
  private let transforms: Augmentation
  private let normalization: Normalization
  private let cores: Int

  /// A reader of images that are brought to `shape` [H, W, C], the data set's, and then go through
  /// transforms for evaluation, which must suit that; throws unless C is 1 (gray) or 3 (RGB).
  public init(
    shape: Shape, transforms: Augmentation, normalization: Normalization, cores: Int
  ) throws(DatasetError) {
    guard [1, 3].contains(shape.channels) else {
      throw DatasetError(
        "the model", "it takes images of \(shape.channels) channels, and image files have 1 or 3",
        remedy: "evaluate it on a data folder", exitCode: .usage)
    }
    self.shape = shape
    self.cores = cores
    self.transforms = transforms
    self.normalization = normalization
  }

  /// Overwrites `images` [n, h, w, C] with the images of so many files, on several cores.
  ///
  /// - Returns: for each file why it could not be read; nil where it was.
  public func read(_ paths: [String], into images: MemoryView<Float>) -> [(any Error)?] {
    let next = Atomic(0)
    let faults = Mutex([(any Error)?](repeating: nil, count: paths.count))
    DispatchQueue.concurrentPerform(iterations: min(cores, paths.count)) { _ in
      let decoder = SampleDecoder(shape)
      let pipeline = ImagePipeline(
        transforms, seed: 0, shape: shape, normalization: normalization)
      let size = pipeline.outputSize.count * shape.channels
      var pixels = [UInt8](repeating: 0, count: shape.count)
      while true {
        let file = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard file < paths.count else { return }
        do {
          var target = pixels.mutableSpan
          try decoder.decode(fileAt: paths[file], into: &target)
          var image = images.write(file * size..<(file + 1) * size)
          pipeline.run(
            target.span, size: shape.extent, SampleIdentity(epoch: 0, sample: 0), into: &image)
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
