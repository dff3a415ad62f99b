#if canImport(Glibc)
  import Glibc
#endif

/// The terminal, or whatever stands in its place; each line goes out in one call, at once.
public enum Console {
  /// Prints a line on standard output.
  public static func print(_ line: String) { write(line, to: STDOUT_FILENO) }

  /// Prints a line on standard error.
  public static func complain(_ line: String) { write(line, to: STDERR_FILENO) }

  private static func write(_ line: String, to descriptor: Int32) {
    var text = line + "\n"
    // Nobody is left to tell if the terminal is gone.
    _ = text.withUTF8 { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
  }
}
