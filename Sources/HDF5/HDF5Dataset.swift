internal import CHDF5

/// An open dataset, an array inside a file; closed when its owner goes.
public struct HDF5Dataset: HDF5Object, ~Copyable, Sendable {
  /// The file and the dataset's path inside it, for errors.
  public let place: String
  /// The extents, outermost first; none for a scalar.
  public let extents: [Int]
  /// The type of its elements in the file.
  public let type: HDF5Type
  /// Whether its elements lie in the file one after the other, unfiltered.
  public let isContiguous: Bool
  /// The identifier, for the calls that groups and datasets share.
  public var objectID: HDF5ObjectID { HDF5ObjectID(id: handle.id) }
  private let handle: HDF5Handle

  internal init(_ id: hid_t, _ function: String, place: String) throws(HDF5Error) {
    let handle = try HDF5Handle(id, function, place, close: { H5Dclose($0) })
    let type = try HDF5Handle(
      H5Dget_type(id), "H5Dget_type", place, close: { H5Tclose($0) })
    let creation = try HDF5Handle(
      H5Dget_create_plist(id), "H5Dget_create_plist", place, close: { H5Pclose($0) })
    extents = try readExtents(id, place)
    self.type = HDF5Type(type.id)
    isContiguous = H5Pget_layout(creation.id) == H5D_CONTIGUOUS
    self.place = place
    self.handle = handle
  }

  /// The number of elements.
  public var count: Int { extents.reduce(1, *) }

  /// Where the elements of a contiguous dataset begin, in bytes from the start of the file.
  ///
  /// Nil where there is no such place: another layout, or nothing written.
  public var fileOffset: Int? {
    let offset = H5Dget_offset(handle.id)
    guard isContiguous, offset != lockstep_haddr_undef() else { return nil }
    return Int(exactly: offset)
  }

  /// Reads all elements, converted where the file's type differs.
  ///
  /// Throws unless both are whole numbers or both floating-point numbers, and the counts equal.
  public func read<Element: HDF5Element>(
    into elements: inout MutableSpan<Element>
  ) throws(HDF5Error) {
    let wanted = Element.elementType
    guard type.kind == (wanted.isInteger ? .integer : .float) else {
      throw HDF5Error(
        "reading \(wanted.rawValue)", place: place, reason: "its elements are of \(type)",
        remedy: "only numbers of the same kind are read")
    }
    guard elements.count == count else {
      throw HDF5Error(
        "reading \(elements.count) elements", place: place,
        reason: "its extents are \(extents)", remedy: "the file is of another shape")
    }
    let result = unsafe elements.withUnsafeMutableBufferPointer {
      unsafe H5Dread(handle.id, wanted.memoryType, 0, 0, 0, $0.baseAddress)
    }
    try check(result, "H5Dread", place)
  }

  /// Reads all elements into a new array.
  public func read<Element: HDF5Element>(
    as _: Element.Type = Element.self
  ) throws(HDF5Error) -> [Element] {
    try checkExtentsArePlausible()
    var elements = [Element](repeating: Element(), count: count)
    var span = elements.mutableSpan
    try read(into: &span)
    return elements
  }

  /// A damaged file may state any extents: memory is not asked for what the file cannot hold.
  private func checkExtentsArePlausible() throws(HDF5Error) {
    let file = try HDF5Handle(
      H5Iget_file_id(handle.id), "H5Iget_file_id", place, close: { H5Fclose($0) })
    var fileSize: hsize_t = 0
    try check(unsafe H5Fget_filesize(file.id, &fileSize), "H5Fget_filesize", place)
    // Deflate, the strongest usual filter, shrinks 1032 times at most.
    let room = Double(fileSize) * (isContiguous ? 1 : 1100)
    guard Double(count) * Double(type.size) <= room else {
      throw HDF5Error(
        "reading it", place: place,
        reason: "a file of \(fileSize) bytes cannot hold extents \(extents) of \(type)")
    }
  }

  /// Reads text that was written as UTF-8 bytes.
  public func readText() throws(HDF5Error) -> String {
    String(decoding: try read(as: UInt8.self), as: UTF8.self)
  }
}

/// The extents of the dataset `id`; throws if their product is no possible number of elements.
private func readExtents(_ id: hid_t, _ place: String) throws(HDF5Error) -> [Int] {
  let space = try HDF5Handle(
    H5Dget_space(id), "H5Dget_space", place, close: { H5Sclose($0) })
  let rank = try check(
    H5Sget_simple_extent_ndims(space.id), "H5Sget_simple_extent_ndims", place)
  var sizes = [hsize_t](repeating: 0, count: Int(rank))
  try check(
    unsafe H5Sget_simple_extent_dims(space.id, &sizes, nil), "H5Sget_simple_extent_dims", place)
  var count = 1
  for size in sizes {
    let (product, overflow) = count.multipliedReportingOverflow(
      by: Int(exactly: size) ?? Int.max)
    guard !overflow, product < 1 << 48 else {
      throw HDF5Error("reading its extents", place: place, reason: "they are \(sizes)")
    }
    count = product
  }
  return sizes.map { Int($0) }
}
