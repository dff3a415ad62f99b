internal import Dispatch
internal import FoundationEssentials
internal import Images
internal import Storage
internal import Synchronization

/// Images decoded from files, and the files that could not be.
internal struct DecodedImages {
  /// The pixels [N, side, side, 3]; those of a file that could not be used are zero.
  var images: [UInt8]
  /// The places of such files, ascending, and what is wrong with each.
  var faults: [(sample: Int, error: DatasetError)]
}

/// Decodes files on several cores, each into its own place, so that the result is the same on any
/// number of them.
///
/// - Parameter progress: is told how many files are done, by any thread.
/// - Throws: a `FileError` if a file cannot be read at all, the first in the files' order.
internal func decode(
  _ files: [ImageFile], side: Int, rule: ResizeRule, cores: Int?,
  progress: @Sendable (Int) -> Void
) throws -> DecodedImages {
  let size = 3 * side * side
  let next = Atomic(0)
  let done = Atomic(0)
  let faults = Mutex<[Int: any ReportableError]>([:])
  var images = [UInt8](repeating: 0, count: files.count * size)
  unsafe images.withUnsafeMutableBufferPointer { pixels in
    let memory = unsafe MemoryView(pixels)
    DispatchQueue.concurrentPerform(
      iterations: min(cores ?? ProcessInfo.processInfo.activeProcessorCount, files.count)
    ) { _ in
      let decoder = SampleDecoder([side, side, 3], by: rule)
      while true {
        let sample = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard sample < files.count else { return }
        do {
          var target = memory.write(sample * size..<(sample + 1) * size)
          try decoder.decode(files[sample].path, into: &target)
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
    images: images,
    faults: try found.map { sample, error in
      guard let error = error as? DatasetError else { throw error }
      return (sample, error)
    })
}

extension SampleDecoder {
  /// Decodes the file at `path`, which must have the name of what it is, into the sample `target`.
  fileprivate func decode(_ path: String, into target: inout MutableSpan<UInt8>) throws {
    let file = try MappedFile(path)
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
