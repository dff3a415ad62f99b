import CHDF5

/// The HDF5 library that this process runs on.
public enum HDF5Library {
  /// Its version: `1.10.8`.
  public static var version: String {
    var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
    guard unsafe H5get_libversion(&major, &minor, &release) >= 0 else { return "unknown" }
    return "\(major).\(minor).\(release)"
  }

  /// The version that this program was compiled for.
  public static var compiledVersion: String {
    "\(H5_VERS_MAJOR).\(H5_VERS_MINOR).\(H5_VERS_RELEASE)"
  }
}
