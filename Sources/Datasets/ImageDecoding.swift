internal import Images
internal import Storage
internal import Synchronization

/// Images decoded from files, and the files that could not be.
internal struct DecodedImages {
  /// The pixels [N, side, side, 3], those of a file that could not be used being zero; none where
  /// files are kept.
  var images: [UInt8]
  /// The files [N], where they are kept, those that could not be used empty; else none.
  var files: [EncodedFile]
  /// The places of such files, ascending, and what is wrong with each.
  var faults: [(sample: Int, error: DatasetError)]
}

/// Decodes files on several cores, each into its own place, so that the result is the same on any
/// number of them.
///
/// - Parameters:
///   - keepsEncoded: whether the files themselves are kept, and decoded only to look at them.
///   - progress: is told how many files are done, by any thread.
/// - Throws: a `FileError` if a file cannot be read at all, the first in the files' order.
internal func decode(
  _ files: [ImageFile], side: Int, rule: ResizeRule, keepsEncoded: Bool, cores: Int?,
  progress: @Sendable (Int) -> Void
) throws -> DecodedImages {
  let size = 3 * side * side
  let done = Atomic(0)
  let faults = Mutex<[Int: any ReportableError]>([:])
  let unknown = EncodedFile(bytes: [], width: 0, height: 0, pixels: Span())
  let kept = Mutex([EncodedFile](repeating: unknown, count: keepsEncoded ? files.count : 0))
  var images = [UInt8](repeating: 0, count: keepsEncoded ? 0 : files.count * size)
  unsafe images.withUnsafeMutableBufferPointer { pixels in
    let memory = unsafe MemoryView(pixels)
    Jobs.share(files.count, on: cores) { jobs in
      let decoder = SampleDecoder([side, side, 3], by: rule)
      var scratch = [UInt8](repeating: 0, count: keepsEncoded ? size : 0)
      while let sample = jobs.next() {
        do {
          let file = try MappedFile(files[sample].path)
          if keepsEncoded {
            var target = scratch.mutableSpan
            try decoder.decode(file, into: &target)
            let (width, height) = decoder.fullSize
            guard max(width, height) <= ShardIndex.EncodedImages.sideLimit else {
              throw DatasetError(
                file.path, "a side of its \(width)×\(height) pixels is too long to be kept",
                remedy: badImageRemedy)
            }
            let found = EncodedFile(
              bytes: file.contents, width: width, height: height, pixels: scratch.span)
            kept.withLock { $0[sample] = found }
          } else {
            var target = memory.write(sample * size..<(sample + 1) * size)
            try decoder.decode(file, into: &target)
          }
        } catch let error as any ReportableError {
          faults.withLock { $0[sample] = error }
        } catch {
          preconditionFailure("\(error)")
        }
        progress(done.wrappingAdd(1, ordering: .relaxed).newValue)
      }
    }
  }
  let found = faults.withLock { $0.sorted { $0.key < $1.key } }
  return DecodedImages(
    images: images, files: kept.withLock { $0 },
    faults: try found.map { sample, error in
      guard let error = error as? DatasetError else { throw error }
      return (sample, error)
    })
}

extension SampleDecoder {
  /// Decodes a file, which must have the name of what it is, into the sample `target`.
  fileprivate func decode(
    _ file: borrowing MappedFile, into target: inout MutableSpan<UInt8>
  ) throws(DatasetError) {
    let path = file.path
    let name = path.split(separator: "/").last ?? ""
    let format: ImageFormat
    do throws(ImageError) {
      format = try ImageFormat(of: file.bytes)
      try decode(file.bytes, into: &target)
    } catch {
      throw DatasetError(path, error.message, remedy: badImageRemedy)
    }
    // Such a name is a mistake of whoever made the folder, and the content may be one, too.
    guard format.fits(fileName: name) else {
      throw DatasetError(
        path, "it is a \(format), which its name does not say", remedy: badImageRemedy)
    }
  }
}
