internal import Images
internal import Kernels
internal import Storage

/// Reads the pixels of samples, decoding those that are image files, in memory of its own.
///
/// One thread at a time uses it. Only JPEG's and PNG's codecs allocate.
internal final class SampleReader {
  private let store: SampleStore
  /// What decodes image files; nil where samples are pixels.
  private let decoder: SampleDecoder?
  /// Whether image files are read at their own size.
  private let readsWhole: Bool
  /// The pixels of the sample decoded last.
  private let decoded: AlignedArray<UInt8>
  /// The height and width of the sample read last.
  private(set) var size: Extent2D

  /// A reader of samples brought to the store's shape, or, of image files, of whole images.
  init(_ store: SampleStore, readingWhole: Bool = false) {
    self.store = store
    readsWhole = readingWhole && store.encodedImages != nil
    decoder = store.encodedImages.map {
      SampleDecoder(store.shape, by: store.resize, forImages: $0)
    }
    decoded = AlignedArray(count: decoder == nil || readsWhole ? 0 : store.shape.count)
    size = store.shape.extent
  }

  /// The pixels of a sample [H, W, C], of `size`; they stay until the next one is read.
  ///
  /// Throws an error that names the shard and the sample if it cannot be decoded.
  @_lifetime(borrow self)
  func pixels(of sample: Int) throws(DatasetError) -> Span<UInt8> {
    let store = store
    guard let decoder else {
      // The store, and with it the mapping, lives as long as this.
      let pixels = unsafe store.bytes(of: sample) ?? UnsafeRawBufferPointer(start: nil, count: 0)
      return unsafe _overrideLifetime(
        pixels.assumingMemoryBound(to: UInt8.self).span, borrowing: self)
    }
    let file = try store.imageFile(of: sample)
    do throws(ImageError) {
      if readsWhole {
        try decoder.decodeWhole(file)
        size = Extent2D(decoder.fullSize.height, decoder.fullSize.width)
        let pixels = unsafe decoder.wholePixels
        return unsafe _overrideLifetime(pixels.span, borrowing: self)
      }
      let memory = unsafe decoded.unsafeElements
      var target = unsafe memory.mutableSpan
      try decoder.decode(file, into: &target)
      return unsafe _overrideLifetime(memory.span, borrowing: self)
    } catch {
      throw store.fault(of: sample, "cannot be decoded: \(error.message)")
    }
  }
}
