extension Array where Element: BitwiseCopyable {
  /// A copy of the elements of a span.
  public init(copying span: Span<Element>) {
    self = unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
  }
}
