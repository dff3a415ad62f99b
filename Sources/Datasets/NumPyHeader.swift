internal import Storage

/// What a file of NumPy's form `.npy` says of its array (numpy.lib.format, versions 1 to 3).
internal struct NumPyHeader: Equatable {
  /// The type of an element.
  struct Element: Equatable {
    /// The letter of unsigned, signed, truth or float: u, i, b or f.
    var kind: Character
    /// Bytes of an element.
    var bytes: Int
    /// Whether the highest byte comes first.
    var isBigEndian: Bool
  }

  /// The type as NumPy writes it: `|u1`.
  let descriptor: String
  /// The same, taken apart.
  let element: Element
  /// The extents, outermost first.
  let extents: [Int]
  /// Where the elements begin.
  let start: Int

  /// Reads the header of the file in `bytes`; throws unless it fits the file's size exactly.
  init(_ bytes: RawSpan, place: String) throws(DatasetError) {
    guard let text = NumPyHeader.text(bytes) else {
      throw DatasetError(place, "it is no .npy file, or cut short", remedy: remedy)
    }
    var literal = PythonLiteral(text.characters)
    guard let fields = literal.dictionary(), fields.count == 3,
      case .text(let descriptor) = fields["descr"], case .numbers(let extents) = fields["shape"],
      case .truth(let isFortran) = fields["fortran_order"]
    else {
      throw DatasetError(place, "its header is not as NumPy writes it", remedy: remedy)
    }
    guard let element = Element(descriptor) else {
      throw DatasetError(
        place, "it holds elements of type \(descriptor)",
        remedy: "save it with astype(\"uint8\") for images, astype(\"int64\") for labels")
    }
    guard !isFortran else {
      throw DatasetError(
        place, "its order is Fortran's", remedy: "save numpy.ascontiguousarray of it")
    }
    var size: Int? = element.bytes
    for extent in extents {
      let product = size?.multipliedReportingOverflow(by: extent)
      size = product.flatMap { $0.overflow ? nil : $0.partialValue }
    }
    guard size == bytes.byteCount - text.end else {
      throw DatasetError(
        place,
        "its header promises \(descriptor) \(extents), but \(bytes.byteCount - text.end) bytes "
          + "follow: it is cut short or damaged", remedy: remedy)
    }
    self.descriptor = descriptor
    self.element = element
    self.extents = extents
    start = text.end
  }

  /// The header's text, and where it ends; nil if it is none.
  private static func text(_ bytes: RawSpan) -> (characters: [UInt8], end: Int)? {
    let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
    guard bytes.byteCount >= 12,
      magic.indices.allSatisfy({ bytes.littleEndian(1, at: $0) == Int(magic[$0]) }),
      let version = bytes.littleEndian(1, at: 6), (1...3).contains(version),
      let length = bytes.littleEndian(version == 1 ? 2 : 4, at: 8)
    else { return nil }
    let begin = version == 1 ? 10 : 12
    // Types with many fields have long headers; none of those is read here.
    guard length <= 1 << 16, length <= bytes.byteCount - begin else { return nil }
    let characters = unsafe bytes.extracting(begin..<begin + length).withUnsafeBytes {
      unsafe [UInt8]($0)
    }
    return (characters, begin + length)
  }
}

extension NumPyHeader.Element {
  /// The type that a descriptor such as `<i8` names; nil for structures, texts and objects.
  init?(_ descriptor: String) {
    var rest = Substring(descriptor)
    let order = rest.first.flatMap { "<>|=".contains($0) ? $0 : nil }
    if order != nil { rest = rest.dropFirst() }
    guard let kind = rest.first, "uibf".contains(kind), let bytes = Int(rest.dropFirst()),
      [1, 2, 4, 8].contains(bytes)
    else { return nil }
    self.init(kind: kind, bytes: bytes, isBigEndian: order == ">")
  }

  /// Whether it is a whole number.
  var isInteger: Bool { kind == "u" || kind == "i" }
}

private let remedy = "save it again with numpy.save or numpy.savez"
