#if canImport(Glibc)
  import Glibc
#endif

/// Owned memory for `count` elements, aligned for vector loads and zeroed.
///
/// Large arrays start on a 2 MB boundary and ask for huge pages: fewer page faults and TLB misses.
@safe public struct AlignedArray<Element: BitwiseCopyable>: ~Copyable {
  /// The number of elements.
  public var count: Int { unsafe unsafeElements.count }
  /// A view of the memory that several readers and writers share; it must not outlive the array.
  public let unsafeElements: UnsafeMutableBufferPointer<Element>

  /// Allocates `count` zeroed elements.
  public init(count: Int) {
    precondition(count >= 0, "an array cannot have \(count) elements")
    let bytes = max(count * MemoryLayout<Element>.stride, 1)
    let alignment = bytes >= hugePage ? hugePage : cacheLine
    let rounded = (bytes + alignment - 1) / alignment * alignment
    guard let raw = unsafe aligned_alloc(alignment, rounded) else {
      preconditionFailure("no memory for \(rounded) bytes")
    }
    if alignment == hugePage { unsafe madvise(raw, rounded, Int32(MADV_HUGEPAGE)) }
    unsafe memset(raw, 0, rounded)
    let base = unsafe raw.bindMemory(to: Element.self, capacity: count)
    unsafe unsafeElements = UnsafeMutableBufferPointer(start: base, count: count)
  }

  deinit { unsafe free(unsafeElements.baseAddress) }

  /// The elements, to read.
  public var span: Span<Element> {
    @_lifetime(borrow self) get { unsafe unsafeElements.span }
  }

  /// One element.
  public subscript(index: Int) -> Element {
    get { span[index] }
    set {
      var elements = mutableSpan
      elements[index] = newValue
    }
  }

  /// The elements, to read and write.
  public var mutableSpan: MutableSpan<Element> {
    @_lifetime(&self) mutating get { unsafe unsafeElements.mutableSpan }
  }
}

/// Bytes of a cache line, the alignment of every array and of every parameter tensor.
public let cacheLine = 64

/// Bytes of a huge page.
private let hugePage = 2 << 20
