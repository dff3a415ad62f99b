internal import CHDF5

/// An open group, a folder inside a file; closed when its owner goes.
public struct HDF5Group: HDF5Object, ~Copyable, Sendable {
  /// The file and the group's path inside it, for errors.
  public let place: String
  /// The identifier, for the calls that groups and datasets share.
  public var objectID: HDF5ObjectID { HDF5ObjectID(id: handle.id) }
  private let handle: HDF5Handle

  internal init(_ id: hid_t, _ function: String, place: String) throws(HDF5Error) {
    handle = try HDF5Handle(id, function, place, close: { H5Gclose($0) })
    self.place = place
  }

  /// What lies in a group.
  public struct Child: Equatable, Sendable {
    /// What a child is.
    public enum Kind: Sendable {
      /// A group.
      case group
      /// A dataset.
      case dataset
      /// A named type, or a link that leads nowhere.
      case other
    }
    /// Its name in the group.
    public let name: String
    /// What it is.
    public let kind: Kind
  }

  /// What lies in this group, by name in ascending order.
  public func children() throws(HDF5Error) -> [Child] {
    var info = H5G_info_t()
    try check(unsafe H5Gget_info(handle.id, &info), "H5Gget_info", place)
    var children: [Child] = []
    for index in 0..<info.nlinks {
      let name = try childName(index)
      children.append(Child(name: name, kind: childKind(name)))
    }
    return children
  }

  /// Whether a child of that name exists.
  public func contains(_ name: String) throws(HDF5Error) -> Bool {
    try check(unsafe H5Lexists(handle.id, name, 0), "H5Lexists", place(of: name)) > 0
  }

  /// Opens a group below this one; `name` may be a path.
  public func group(_ name: String) throws(HDF5Error) -> HDF5Group {
    try HDF5Group(unsafe H5Gopen2(handle.id, name, 0), "H5Gopen2", place: place(of: name))
  }

  /// Creates a group in this one.
  public func createGroup(_ name: String) throws(HDF5Error) -> HDF5Group {
    let place = place(of: name)
    let creation = try HDF5Handle.untimed(lockstep_h5p_group_create(), place)
    return try HDF5Group(
      unsafe H5Gcreate2(handle.id, name, 0, creation.id, 0), "H5Gcreate2", place: place)
  }

  /// Opens a dataset below this group; `name` may be a path.
  public func dataset(_ name: String) throws(HDF5Error) -> HDF5Dataset {
    try HDF5Dataset(unsafe H5Dopen2(handle.id, name, 0), "H5Dopen2", place: place(of: name))
  }

  /// Creates a contiguous dataset of the given extents and writes all its elements.
  @discardableResult
  public func write<Element: HDF5Element>(
    _ elements: Span<Element>, named name: String, extents: [Int]
  ) throws(HDF5Error) -> HDF5Dataset {
    precondition(
      extents.reduce(1, *) == elements.count,
      "\(elements.count) elements do not fill a dataset of extents \(extents)")
    let place = place(of: name)
    let space = try HDF5Handle.space(extents, place)
    let creation = try HDF5Handle.untimed(lockstep_h5p_dataset_create(), place)
    let type = Element.elementType
    let dataset = try HDF5Dataset(
      unsafe H5Dcreate2(handle.id, name, type.fileType, space.id, 0, creation.id, 0),
      "H5Dcreate2", place: place)
    let result = unsafe elements.withUnsafeBufferPointer {
      unsafe H5Dwrite(dataset.objectID.id, type.memoryType, 0, 0, 0, $0.baseAddress)
    }
    try check(result, "H5Dwrite", place)
    return dataset
  }

  /// Writes text as a dataset of its UTF-8 bytes.
  public func write(text: String, named name: String) throws(HDF5Error) {
    let bytes = Array(text.utf8)
    try write(bytes.span, named: name, extents: [bytes.count])
  }

  private func place(of name: String) -> String {
    place.hasSuffix("/") ? place + name : place + "/" + name
  }

  private func childName(_ index: hsize_t) throws(HDF5Error) -> String {
    let length = try check(
      unsafe H5Lget_name_by_idx(
        handle.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, nil, 0, 0),
      "H5Lget_name_by_idx", place)
    var name = [CChar](repeating: 0, count: length + 1)
    try check(
      unsafe H5Lget_name_by_idx(
        handle.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, &name, name.count, 0),
      "H5Lget_name_by_idx", place)
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func childKind(_ name: String) -> Child.Kind {
    // A soft link may lead nowhere: that is no error until somebody opens it.
    let id = unsafe H5Oopen(handle.id, name, 0)
    guard id >= 0 else { return .other }
    defer { _ = H5Oclose(id) }
    return switch H5Iget_type(id) {
    case H5I_GROUP: .group
    case H5I_DATASET: .dataset
    default: .other
    }
  }
}
