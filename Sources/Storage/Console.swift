import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The terminal, or whatever stands in its place; each line goes out in one call, at once.
public enum Console {
  /// Whether the last line of the terminal is one that changes.
  private static let hasStatus = Atomic(false)
  /// Takes the cursor to the start of the line, and empties the line.
  private static let erasing = "\r\u{1B}[K"

  /// Prints a line on standard output, above the one that changes.
  public static func print(_ line: String) { write(takeStatus() + line + "\n", to: STDOUT_FILENO) }

  /// Prints a line on standard error.
  public static func complain(_ line: String) {
    write(takeStatus(), to: STDOUT_FILENO)
    write(line + "\n", to: STDERR_FILENO)
  }

  /// Replaces the line that changes, at the end of standard output; allocates nothing.
  public static func show(_ status: borrowing StatusText) {
    hasStatus.store(true, ordering: .relaxed)
    status.write(to: STDOUT_FILENO)
  }

  /// What removes the line that changes, if there is one.
  private static func takeStatus() -> String {
    hasStatus.exchange(false, ordering: .relaxed) ? erasing : ""
  }

  private static func write(_ text: String, to descriptor: Int32) {
    if text.isEmpty { return }
    var text = text
    // Nobody is left to tell if the terminal is gone.
    _ = text.withUTF8 { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
  }
}
