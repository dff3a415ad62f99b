internal import CHDF5

/// The identifier of an open group or dataset.
public struct HDF5ObjectID: Sendable {
  internal let id: hid_t
}

/// What can carry attributes: a group or a dataset.
public protocol HDF5Object: ~Copyable {
  /// The file and the object's path inside it, for errors.
  var place: String { get }
  /// The identifier of the open object.
  var objectID: HDF5ObjectID { get }
}

extension HDF5Object where Self: ~Copyable {
  /// Writes a whole number as a scalar attribute.
  public func setAttribute(_ name: String, _ value: Int64) throws(HDF5Error) {
    let attribute = try createAttribute(name, lockstep_h5t_std_i64le())
    let result = unsafe withUnsafePointer(to: value) {
      unsafe H5Awrite(attribute.id, lockstep_h5t_native_int64(), $0)
    }
    try check(result, "H5Awrite", attributePlace(name))
  }

  /// Writes text as a scalar attribute of fixed length: its UTF-8 bytes.
  public func setAttribute(_ name: String, _ value: String) throws(HDF5Error) {
    var bytes = Array(value.utf8)
    if bytes.isEmpty { bytes = [0] }
    let type = try HDF5Handle.text(bytes.count, attributePlace(name))
    let attribute = try createAttribute(name, type.id)
    try check(unsafe H5Awrite(attribute.id, type.id, bytes), "H5Awrite", attributePlace(name))
  }

  /// Whether an attribute of that name exists.
  public func hasAttribute(_ name: String) throws(HDF5Error) -> Bool {
    try check(unsafe H5Aexists(objectID.id, name), "H5Aexists", attributePlace(name)) > 0
  }

  /// Reads a whole number; throws if the attribute is missing or of another type.
  public func integerAttribute(_ name: String) throws(HDF5Error) -> Int64 {
    let attribute = try openAttribute(name, expecting: .integer)
    var value: Int64 = 0
    try check(
      unsafe H5Aread(attribute.id, lockstep_h5t_native_int64(), &value), "H5Aread",
      attributePlace(name))
    return value
  }

  /// Reads text of fixed length; throws if the attribute is missing or of another type.
  public func textAttribute(_ name: String) throws(HDF5Error) -> String {
    let place = attributePlace(name)
    let attribute = try openAttribute(name, expecting: .text)
    let size = try type(of: attribute, place).size
    guard size <= 1 << 20 else {
      throw HDF5Error("reading an attribute", place: place, reason: "it claims \(size) bytes")
    }
    var bytes = [UInt8](repeating: 0, count: size)
    let type = try HDF5Handle.text(size, place)
    try check(unsafe H5Aread(attribute.id, type.id, &bytes), "H5Aread", place)
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  private func attributePlace(_ name: String) -> String { "\(place)@\(name)" }

  private func createAttribute(_ name: String, _ type: hid_t) throws(HDF5Error) -> HDF5Handle {
    let space = try HDF5Handle.space([], attributePlace(name))
    return try HDF5Handle(
      unsafe H5Acreate2(objectID.id, name, type, space.id, 0, 0), "H5Acreate2",
      attributePlace(name), close: { H5Aclose($0) })
  }

  /// Opens a scalar attribute of the given kind: never one of variable length.
  private func openAttribute(
    _ name: String, expecting kind: HDF5Type.Kind
  ) throws(HDF5Error) -> HDF5Handle {
    let place = attributePlace(name)
    let attribute = try HDF5Handle(
      unsafe H5Aopen(objectID.id, name, 0), "H5Aopen", place, close: { H5Aclose($0) })
    let type = try type(of: attribute, place)
    let space = try HDF5Handle(
      H5Aget_space(attribute.id), "H5Aget_space", place, close: { H5Sclose($0) })
    guard type.kind == kind, H5Sget_simple_extent_npoints(space.id) == 1 else {
      throw HDF5Error(
        "reading an attribute", place: place, reason: "it is no single \(kind.rawValue)")
    }
    return attribute
  }

  private func type(
    of attribute: borrowing HDF5Handle, _ place: String
  ) throws(HDF5Error) -> HDF5Type {
    // Bound to a name: a temporary handle would be closed before its identifier is used.
    let handle = try HDF5Handle(
      H5Aget_type(attribute.id), "H5Aget_type", place, close: { H5Tclose($0) })
    return HDF5Type(handle.id)
  }
}
