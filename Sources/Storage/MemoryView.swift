/// Memory that somebody else owns; spans of its parts are handed to kernels.
///
/// The owner must outlive the view, and whoever asks for spans sees to it that a span that is
/// written overlaps no other span in use: the memory plan does.
@safe @frozen
public struct MemoryView<Element: BitwiseCopyable>: @unchecked Sendable {
  @usableFromInline let elements: UnsafeMutableBufferPointer<Element>

  /// A view of `elements`.
  @inlinable @unsafe
  public init(_ elements: UnsafeMutableBufferPointer<Element>) {
    unsafe self.elements = elements
  }

  /// The number of elements.
  @inlinable public var count: Int { unsafe elements.count }

  /// Part of the memory, to read.
  @inlinable @_lifetime(borrow self)
  public func read(_ range: Range<Int>) -> Span<Element> {
    unsafe _overrideLifetime(elements.extracting(range).span, borrowing: self)
  }

  /// Part of the memory, to read and write.
  @inlinable @_lifetime(borrow self)
  public func write(_ range: Range<Int>) -> MutableSpan<Element> {
    unsafe _overrideLifetime(elements.extracting(range).mutableSpan, borrowing: self)
  }
}

extension MemoryView<Float> {
  /// The same memory, holding integers in place of floats.
  public var asIntegers: MemoryView<Int32> {
    unsafe MemoryView<Int32>(
      UnsafeMutableRawBufferPointer(elements).assumingMemoryBound(to: Int32.self))
  }
}
