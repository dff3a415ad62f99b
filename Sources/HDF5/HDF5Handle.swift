internal import CHDF5

/// An identifier of libhdf5, closed when its owner goes.
internal struct HDF5Handle: ~Copyable, Sendable {
  /// The identifier, valid as long as the handle lives.
  let id: hid_t
  private let close: @Sendable (hid_t) -> herr_t

  /// Owns the identifier that a call of `function` returned; throws if it returned none.
  init(
    _ id: hid_t, _ function: String, _ place: String,
    close: @escaping @Sendable (hid_t) -> herr_t
  ) throws(HDF5Error) {
    self.id = try check(id, function, place)
    self.close = close
  }

  // A failure to close has nobody to tell: what matters has been flushed and checked before.
  deinit { _ = close(id) }

  /// A dataspace of the given extents, outermost first; none for a scalar.
  static func space(_ extents: [Int], _ place: String) throws(HDF5Error) -> HDF5Handle {
    let sizes = extents.map { hsize_t($0) }
    let id =
      extents.isEmpty
      ? H5Screate(H5S_SCALAR) : unsafe H5Screate_simple(Int32(sizes.count), sizes, nil)
    return try HDF5Handle(id, "H5Screate_simple", place, close: { H5Sclose($0) })
  }

  /// A list of properties of the given class.
  static func properties(_ kind: hid_t, _ place: String) throws(HDF5Error) -> HDF5Handle {
    try HDF5Handle(H5Pcreate(kind), "H5Pcreate", place, close: { H5Pclose($0) })
  }

  /// The properties of a new object: without time stamps, so that bytes depend on content only.
  static func untimed(_ kind: hid_t, _ place: String) throws(HDF5Error) -> HDF5Handle {
    let properties = try properties(kind, place)
    try check(H5Pset_obj_track_times(properties.id, false), "H5Pset_obj_track_times", place)
    return properties
  }

  /// The type of text of exactly `count` bytes, padded with zeros.
  static func text(_ count: Int, _ place: String) throws(HDF5Error) -> HDF5Handle {
    let type = try HDF5Handle(
      H5Tcopy(lockstep_h5t_c_s1()), "H5Tcopy", place, close: { H5Tclose($0) })
    // A type of no bytes does not exist; empty text is one zero.
    try check(H5Tset_size(type.id, max(count, 1)), "H5Tset_size", place)
    try check(H5Tset_strpad(type.id, H5T_STR_NULLPAD), "H5Tset_strpad", place)
    return type
  }
}
