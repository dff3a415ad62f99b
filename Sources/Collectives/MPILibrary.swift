import CMPI

/// The MPI library that this process runs on; it need not have started.
public enum MPILibrary {
  /// Its name and version: `Open MPI v4.1.4`.
  public static var version: String {
    var text = [CChar](repeating: 0, count: Int(MPI_MAX_LIBRARY_VERSION_STRING))
    var length: Int32 = 0
    guard unsafe MPI_Get_library_version(&text, &length) == MPI_SUCCESS else { return "unknown" }
    let bytes = text.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    let whole = String(decoding: bytes, as: UTF8.self)
    return String(whole.prefix { $0 != "," && !$0.isNewline })
  }
}
