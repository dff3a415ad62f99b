// Where a span's elements lie, for C. Spans are views of memory that does not move: an address holds
// as long as that memory does, which is for the whole of the kernel that asks for it.

extension Span where Element == Float {
  /// The address of the first element.
  @unsafe var address: UnsafePointer<Float>? {
    unsafe withUnsafeBufferPointer { $0.baseAddress }
  }
}

extension MutableSpan where Element == Float {
  /// The address of the first element, to read and write.
  @unsafe var mutableAddress: UnsafeMutablePointer<Float>? {
    mutating get { unsafe withUnsafeMutableBufferPointer { $0.baseAddress } }
  }
}
