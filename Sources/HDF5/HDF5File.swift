internal import CHDF5

/// An open HDF5 file, on disk or in memory; closed when its owner goes.
public struct HDF5File: ~Copyable, Sendable {
  /// The path on disk, or the name given to a file in memory.
  public let path: String
  /// The root group.
  public let root: HDF5Group
  private let handle: HDF5Handle

  /// Opens the file at `path` to read.
  ///
  /// No lock is taken: shards never change, and locks fail on some network file systems.
  public init(reading path: String) throws(HDF5Error) {
    silenceErrorPrinting()
    let access = try HDF5Handle.properties(lockstep_h5p_file_access(), path)
    try check(H5Pset_file_locking(access.id, false, true), "H5Pset_file_locking", path)
    try self.init(
      unsafe H5Fopen(path, lockstep_h5f_acc_rdonly(), access.id), "H5Fopen", path)
  }

  /// Opens the bytes of a whole file, copied, to read; `name` stands for the path in errors.
  public init(image: RawSpan, name: String) throws(HDF5Error) {
    silenceErrorPrinting()
    let access = try HDF5File.inMemory(name)
    let result = unsafe image.withUnsafeBytes {
      // The library copies the bytes; its parameter lacks a `const`.
      unsafe H5Pset_file_image(
        access.id, UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count)
    }
    try check(result, "H5Pset_file_image", name)
    try self.init(
      unsafe H5Fopen(HDF5File.uniqueName(access), lockstep_h5f_acc_rdonly(), access.id),
      "H5Fopen", name)
  }

  /// Creates an empty file in memory; `name` stands for the path in errors.
  ///
  /// Its bytes, from `image()`, depend on nothing but what is written and in which order.
  public init(inMemory name: String) throws(HDF5Error) {
    silenceErrorPrinting()
    let access = try HDF5File.inMemory(name)
    // Library-version bounds stay at their default: with low bounds of 1.8 or later the image
    // carries an "open for writing" mark and nothing opens it.
    let creation = try HDF5Handle.untimed(lockstep_h5p_file_create(), name)
    try self.init(
      unsafe H5Fcreate(
        HDF5File.uniqueName(access), lockstep_h5f_acc_trunc(), creation.id, access.id),
      "H5Fcreate", name)
  }

  private init(_ id: hid_t, _ function: String, _ path: String) throws(HDF5Error) {
    let handle = try HDF5Handle(id, function, path, close: { H5Fclose($0) })
    root = try HDF5Group(unsafe H5Gopen2(id, "/", 0), "H5Gopen2", place: path + ":/")
    self.path = path
    self.handle = handle
  }

  /// The bytes of the file as it would lie on disk.
  public func image() throws(HDF5Error) -> [UInt8] {
    try check(H5Fflush(handle.id, H5F_SCOPE_GLOBAL), "H5Fflush", path)
    let count = try check(H5Fget_file_image(handle.id, nil, 0), "H5Fget_file_image", path)
    var bytes = [UInt8](repeating: 0, count: count)
    let written = unsafe bytes.withUnsafeMutableBytes {
      unsafe H5Fget_file_image(handle.id, $0.baseAddress, $0.count)
    }
    try check(written, "H5Fget_file_image", path)
    return bytes
  }

  /// Access to a file that lives in memory and never goes to disk by itself.
  private static func inMemory(_ name: String) throws(HDF5Error) -> HDF5Handle {
    let access = try HDF5Handle.properties(lockstep_h5p_file_access(), name)
    try check(H5Pset_fapl_core(access.id, 1 << 20, false), "H5Pset_fapl_core", name)
    return access
  }

  /// A name that no other open file has: libhdf5 takes two files in memory of one name for one.
  private static func uniqueName(_ access: borrowing HDF5Handle) -> String {
    "in memory \(access.id)"
  }
}
